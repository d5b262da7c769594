"""Whatever a user may name: graphs, networks, tasks, programs, and the folders of finished runs.

A folder may come from anywhere: nothing is read that lies outside of it.
"""

import os
import re
import sys
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from bonsai_compiler.differences.diff import (
    Step,
    changed_lines,
    changes_anything,
    dump_diff,
    dump_walk,
)
from bonsai_compiler.driver.report import Report, TaskFileReport, load, verdict_of
from bonsai_compiler.equivalence.verdict import Counterexample
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.formats.listing import is_listing
from bonsai_compiler.formats.log import is_log
from bonsai_compiler.ir.graph import Dialect, Graph
from bonsai_compiler.ir.names import expect_file_name
from bonsai_compiler.learning.boxes import learned_task
from bonsai_compiler.learning.passive import task_of_log
from bonsai_compiler.networks.conventions import UNSAID, Conventions
from bonsai_compiler.networks.parsing import expect_unsaid, parse_graph, read_foreign
from bonsai_compiler.specification.machine_file import (
    PLAIN,
    MachineReading,
    is_machine_file,
    read_machine,
)
from bonsai_compiler.specification.task import Task
from bonsai_compiler.specification.task_file import as_task, load_task, read_task
from bonsai_compiler.system.folder import MARK
from bonsai_compiler.system.reading import MOST_BYTES, file_within, read_utf8

STEP = re.compile(r"(\d{1,6})-(\w+)\.bonsai")


@dataclass(frozen=True, slots=True)
class Run:
    """What each pass made, and what the report says; without one the rest stays empty.

    `root` is the folder of results, `name` that of the result. `verdict` is the verdict in words,
    `kind` in one word; `words` are what the program does, a text a paragraph. The counterexamples
    are those to the program and to the network that it was compiled from. `task_file` says where
    the task stood, and what it held; `by_regions` whether the network was proved by regions.
    """

    root: Path
    name: str
    stages: tuple[Step, ...]
    kind: str = ""
    verdict: str | None = None
    counterexample: Counterexample | None = None
    words: tuple[str, ...] = ()
    network_counterexample: Counterexample | None = None
    task_file: TaskFileReport | None = None
    by_regions: bool = False

    @property
    def neurons(self) -> Graph | None:
        """The last graph of neurons, of which the logic was made; None where all is logic."""
        graphs = (stage.graph for stage in reversed(self.stages))
        return next((graph for graph in graphs if graph.dialect is Dialect.NEURONS), None)

    def text(self, name: str) -> str:
        """Return the text of a file of the run; empty where it is not there."""
        path = file_within(self.root, name)
        return "" if path is None else read_utf8(path)


def read_run(folder: Path) -> Run:
    """Return the run in a folder of results, or in its `steps` folder.

    Raises BonsaiError where the folder holds no run, or steps and report do not belong together.
    """
    root = _root(folder)
    steps = root / "steps" if root == folder else folder
    names = _step_names(steps)
    graphs = [_graph(root, f"{steps.name}/{name}") for name in names]
    passes = [STEP.fullmatch(name)[2] for name in names]  # type: ignore[index]
    report = _report(root)
    called = report.task if report else ""
    run = Run(
        root,
        called or expect_file_name(root.name or root.absolute().name, str(folder)),
        tuple(map(Step, passes, graphs)),
    )
    if report is None:
        return run
    graph = graphs[-1]
    verdict, network_counterexample = verdict_of(report, graph, str(root / MARK))
    told = report.passes
    if told and [item.name for item in told] != passes:
        raise BonsaiError(f"{root / MARK}: tells of other passes than {steps} holds")
    return Run(
        root,
        run.name,
        tuple(
            Step(item.name, graph, item.check, item.what, item.seconds)
            for item, graph in zip(told, graphs, strict=True)
        )
        if told
        else run.stages,
        verdict.kind,
        verdict.describe(graph.input_signals, graph.output_signals),
        verdict.counterexample,
        report.words,
        network_counterexample,
        report.task_file,
        report.network is not None and report.network.by == "regions",
    )


def program_of(folder: Path) -> Path:
    """Return the program of the run in a folder; raises BonsaiError where there is none."""
    run = read_run(folder)
    return _member(run, f"{run.name}.py", "program")


def first_step(run: Run) -> Path:
    """Return the file of the graph that a run began with; BonsaiError where it is not there."""
    names = _step_names(run.root / "steps")
    return _member(run, f"steps/{names[0]}", "graph")


def network_of(folder: Path) -> Path | Graph:
    """Return the trained network of the run in a folder: its file, or else the first graph.

    What came from elsewhere has no file there; the first graph has all its weights, and what the
    file did not say is said in it.
    """
    run = read_run(folder)
    if file_within(run.root, "network.json") is None:
        return run.stages[0].graph
    return run.root / "network.json"


def last_graph(folder: Path) -> Graph:
    """Return the graph that the run in a folder came to."""
    return read_run(folder).stages[-1].graph


def _member(run: Run, name: str, what: str) -> Path:
    if file_within(run.root, name) is None:
        raise BonsaiError(f"{run.root}: holds no {what} {name}; compile again")
    return run.root / name


def _root(folder: Path) -> Path:
    """Return the folder of results, which may be named by its `steps`."""
    if (folder / "steps").is_dir():
        return folder
    return Path(os.path.realpath(folder)).parent


def _graph(root: Path, name: str) -> Graph:
    path = file_within(root, name)
    assert path is not None
    return parse_graph(read_utf8(path), str(root / name))


def _report(root: Path) -> Report | None:
    path = file_within(root, MARK)
    return None if path is None else load(read_utf8(path), str(root / MARK))


def _step_names(steps: Path) -> Sequence[str]:
    """Return the files of the steps in order; there is one for each number from 0."""
    try:
        found = {path.name: STEP.fullmatch(path.name) for path in steps.iterdir()}
    except OSError as error:
        raise BonsaiError(f"{steps}: cannot be read ({error.strerror})") from None
    numbers = {name: int(match[1]) for name, match in found.items() if match}
    if not numbers:
        raise BonsaiError(
            f"{steps}: is no run; a folder of results has steps/00-lift.bonsai and so on"
        )
    if sorted(numbers.values()) != list(range(len(numbers))):
        raise BonsaiError(f"{steps}: the steps are not numbered 0, 1, 2, ...; compile again")
    return sorted(numbers, key=numbers.__getitem__)


def read_text(path: str) -> str:
    """Return the text of a file, or of standard input for `-`."""
    if path != "-":
        return read_utf8(Path(path))
    try:
        text = sys.stdin.read(MOST_BYTES + 1)
    except OSError as error:
        raise BonsaiError(f"stdin: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise BonsaiError("stdin: is not text in UTF-8") from None
    if len(text) > MOST_BYTES:
        raise BonsaiError(f"stdin: is larger than {MOST_BYTES >> 20} MB, the most that is read")
    return text


def read_graph(path: str, task: Task | None = None, conventions: Conventions = UNSAID) -> Graph:
    """Return the graph of a `.bonsai` text or of a network's file, well formed.

    Of a run's folder it is the last one. A task says what a network's inputs and outputs are, and
    `conventions` what else its file does not say.
    """
    if path.endswith(".py") or is_machine_file(path):
        what = "program" if path.endswith(".py") else "machine"
        raise BonsaiError(f"{path}: a graph is wanted here (.bonsai or .json), not a {what}")
    if path != "-" and Path(path).is_dir():
        expect_unsaid(conventions, path)
        return last_graph(Path(path))
    return _read_graph(path, task, conventions)


def _read_graph(path: str, task: Task | None, conventions: Conventions) -> Graph:
    foreign = read_foreign(path, task, conventions)
    return foreign or parse_graph(read_text(path), path, task, conventions)


def read_task_at(path: Path, reading: MachineReading = PLAIN) -> Task:
    """Return the task or machine in a file; of a run's folder it is the program, a task as well.

    A black box is asked for its machine, and then is the task of that; from a log of traces a
    machine is learned.
    """
    if path.is_dir():
        return learned_task(load_task(program_of(path)))
    if reading.format is None and is_log(str(path)):
        return task_of_log(read_utf8(path), path, reading)
    return learned_task(load_task(path, reading))


def task_given(
    written: object,
    inputs: Sequence[str] | None = None,
    outputs: Sequence[str] | None = None,
    start: Hashable = ...,
) -> Task:
    """Return what a user gave as a task, as `as_task` does; what has to be learned is learned.

    Of a log of traces `outputs` names the columns that are.
    """
    if isinstance(written, str | Path) and is_log(str(written)):
        names = None if outputs is None else tuple(outputs)
        return read_task_at(Path(written), MachineReading(outputs=names))
    return learned_task(as_task(written, inputs, outputs, start))


def read_source(
    path: str,
    task: Task | None = None,
    conventions: Conventions = UNSAID,
    reading: MachineReading = PLAIN,
) -> Graph | Task:
    """Return what a file holds: a task or program (.py), a machine, or else a graph; `-` is any.

    Of a run's folder it is the program. A task says what a network's inputs and outputs are,
    `conventions` what else its file does not say, and `reading` how a machine's file is read.
    """
    if path == "-":
        return parse_source(read_text(path), task, "stdin", conventions, reading)
    given = Path(path)
    if given.is_dir() or path.endswith(".py") or is_machine_file(path, reading) or is_log(path):
        expect_unsaid(conventions, path)
        return read_task_at(given, reading)
    if path.endswith(".json"):
        text = read_text(path)
        if is_listing(text):
            return read_machine(text, given, replace(reading, format="json"))
    return _read_graph(path, task, conventions)


def parse_source(
    text: str,
    task: Task | None = None,
    name: str = "stdin",
    conventions: Conventions = UNSAID,
    reading: MachineReading = PLAIN,
) -> Graph | Task:
    """Return what a text is: a graph or network, as its first line says, or else a program.

    `name` is what the program is called. With the format of a machine it is that.
    """
    if reading.format is not None or is_listing(text):
        expect_unsaid(conventions, name)
        return read_machine(text, Path(name), replace(reading, format=reading.format or "json"))
    lines = [line for line in text.splitlines() if line.split("#")[0].strip()]
    if lines and not lines[0].lstrip().startswith(("graph", "{")):
        expect_unsaid(conventions, name)
        return learned_task(read_task(text.encode(), Path(name)))
    return parse_graph(text, "-", task, conventions)


Form = Literal["lines", "columns", "stat"]


def compare_files(before: str, after: str | None, form: Form, width: int) -> tuple[str, bool]:
    """Return what differs, coloured, and whether anything does; `before` alone is a run."""
    # Rich takes longer to load than the rest of what reads files.
    from bonsai_compiler.differences import diff_table

    if after is None:
        return _run(Path(before), form, width)
    if before == after == "-":
        raise BonsaiError("only one of the two can come from standard input")
    old, new = read_graph(before), read_graph(after)
    if form == "stat":
        text = diff_table.stat((Step(before, old), Step(after, new)), width)
    elif not changed_lines(old, new):
        text = ""
    elif form == "columns":
        text = diff_table.beside(old, new, width)
    else:
        text = diff_table.coloured(dump_diff(old, new))
    return text, bool(changed_lines(old, new))


def _run(path: Path, form: Form, width: int) -> tuple[str, bool]:
    from bonsai_compiler.differences import diff_table

    if path.is_file() or str(path) == "-":
        raise BonsaiError(f"{path}: give a second graph beside it, or the folder of a run")
    run = read_run(path)
    if form == "stat":
        text = diff_table.stat(run.stages, width)
    elif form == "columns":
        text = diff_table.walk_beside(run.stages, width)
    else:
        text = diff_table.coloured(dump_walk(run.stages))
    verdict = f"\n{run.verdict}\n" if run.verdict else ""
    return text + verdict, changes_anything(run.stages)
