"""Read a finished run back from its folder: the graph after each pass, and the verdict.

The folder may come from anywhere: nothing is read that lies outside of it.
"""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bonsai_compiler.differences.walk import Step
from bonsai_compiler.driver.report import Report, judgement, load
from bonsai_compiler.equivalence.verdict import Counterexample
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.ir.names import expect_file_name
from bonsai_compiler.networks.parsing import parse_graph
from bonsai_compiler.system.folder import MARK
from bonsai_compiler.system.reading import file_within, read_utf8

STEP = re.compile(r"(\d{1,6})-(\w+)\.bonsai")


@dataclass(frozen=True, slots=True)
class Run:
    """What each pass made, and what the report says; without one the rest stays empty.

    `root` is the folder of results, `name` that of the result. `verdict` is the verdict in words,
    `kind` in one word; the counterexamples are those to the program and to the network that it was
    compiled from.
    """

    root: Path
    name: str
    stages: tuple[Step, ...]
    kind: str = ""
    verdict: str | None = None
    counterexample: Counterexample | None = None
    network_counterexample: Counterexample | None = None

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
    verdict, network_counterexample = judgement(report, graph, str(root / MARK))
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
        network_counterexample,
    )


def program_of(folder: Path) -> Path:
    """Return the program of the run in a folder; raises BonsaiError where there is none."""
    run = read_run(folder)
    return _member(run, f"{run.name}.py", "program")


def network_of(folder: Path) -> Path:
    """Return the trained network of the run in a folder; raises BonsaiError where there is none."""
    return _member(read_run(folder), "network.json", "network")


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
