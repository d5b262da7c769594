"""From networks to a folder of results: compile, emit, prove the emitted file, report."""

import ast
import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bonsai_compiler.backends.boolean import emit_boolean
from bonsai_compiler.backends.dot import emit_dot, too_large
from bonsai_compiler.backends.program import Style
from bonsai_compiler.differences.diff import Step
from bonsai_compiler.driver.drawing import begun
from bonsai_compiler.driver.explaining import Remembered, explained
from bonsai_compiler.driver.precedence import Place, place_of
from bonsai_compiler.driver.report import as_text, document, reported
from bonsai_compiler.driver.summaries import (
    equations_header,
    program_header,
    step_lines,
    summarised,
)
from bonsai_compiler.driver.target import Target
from bonsai_compiler.driver.task_file import task_file
from bonsai_compiler.driver.writing import writings
from bonsai_compiler.equivalence.system import ProgramSystem
from bonsai_compiler.equivalence.verdict import Verdict
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.growth.log import as_csv
from bonsai_compiler.ir.graph import Dialect, Graph
from bonsai_compiler.ir.text import dump
from bonsai_compiler.passes.pipeline import Compiled
from bonsai_compiler.schedule.origin import Origin
from bonsai_compiler.specification.task_file import read_task
from bonsai_compiler.system.deadline import NEVER, Deadline
from bonsai_compiler.system.effort import Effort
from bonsai_compiler.system.folder import MARK, replaced


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a network: its program, the verdict on that, and all steps on the way.

    `network` is the verdict on an imported network itself. `place` says which folder holds the
    results as files; None where nothing was written. `words` are what the program does, a text a
    paragraph. `advice` says why growing did not get there, and what to do next, where that is so.
    """

    name: str
    verdict: Verdict
    network: Verdict | None
    program: str = field(repr=False)
    compiled: Compiled = field(repr=False)
    report: dict[str, Any] = field(repr=False)
    said: str = field(repr=False)
    words: tuple[str, ...] = field(default=(), repr=False)
    place: Place | None = None
    advice: tuple[str, ...] = field(default=(), repr=False)

    @property
    def folder(self) -> Path | None:
        """The folder that holds the results as files, if any does."""
        return self.place.folder if self.place else None

    @property
    def graph(self) -> Graph:
        """The smallest network of neurons that was found; the logic is the last step's."""
        return self.compiled.neurons

    @property
    def steps(self) -> tuple[Step, ...]:
        """The graph after each pass, from the network as it came to the logic."""
        return self.compiled.steps

    @property
    def summary(self) -> str:
        """The verdict, on the network too where that is another, sizes, and the folder.

        Where a better result kept the folder of this name, that is said too.
        """
        if self.place is None:
            return self.said
        note = f" ({self.place.note})" if self.place.note else ""
        return f"{self.said}; see {self.place.folder}{note}"

    @property
    def refuted(self) -> bool:
        """Whether the program is wrong, or the network that it was compiled from."""
        verdicts = self.verdict, self.network
        return any(verdict is not None and verdict.kind == "refuted" for verdict in verdicts)


SEARCHING = 2e7
"""How much effort, in neurons, a program is searched with whose states never repeat: it would go on
for ever."""

UNLIKE = "a fault of bonsaic: the program that was written for a reader does otherwise"


class BrokenHeaderError(Exception):
    """A verdict in a header changed what was judged: a fault of the compiler, never of the user."""


def build(
    target: Target,
    network: str | None,
    compiled: Compiled,
    folder: Path | None,
    origin: Origin,
    log: Callable[[str], None],
    *,
    force: bool = False,
    deadline: Deadline = NEVER,
    style: Style = "readable",
) -> Result:
    """Return all about a compiled network, written into `folder` in place of an earlier result.

    `network` is the text of its file, if it came from one. The verdict is about the emitted
    program: its text is loaded and searched, and what stands in the folder is that text, under a
    header that says the verdict. A result that is worse than the earlier one goes beside it,
    unless `force` is given. The search for a counterexample ends with the deadline. The program is
    as short as it comes, or in the style "network" has a line for each neuron.
    """
    for line in step_lines(compiled):
        log(line)
    drawings = None if folder is None else begun(target, compiled, origin)
    result = _judged(target, compiled, origin, deadline, style, log)
    if folder is None or drawings is None:
        return result
    place = place_of(folder, result.verdict.kind, force=force)
    if place.note:
        log(f"bonsaic: {place.note}; --force would replace it")
    if (fault := too_large(compiled.neurons)) is not None:
        log(f"bonsaic: {target.name}.svg is left out: {fault}")
    proved = time.perf_counter()
    if target.path is not None:
        result.report["task_file"] = task_file(target.path, place.folder)
    with replaced(place.folder) as filling:
        texts = written(target, network, compiled, result.program, result.verdict, origin)
        _fill(filling, texts)
        shown = texts[f"{target.name}.py"], texts[f"{target.name}.bool.txt"]
        _fill(filling, drawings.finished(result.verdict, result.network, shown, result.words))
        result.report["seconds"]["draw"] = round(time.perf_counter() - proved, 3)
        _fill(filling, {MARK: as_text(result.report)})
        _expect_text(filling / f"{target.name}.py", result.program)
    return replace(result, place=place)


def _code(program: str) -> str:
    """Return all of a program that Python heeds: its text without comments and blank lines."""
    return ast.dump(ast.parse(program))


def _expect_text(path: Path, text: str) -> None:
    """Raise BonsaiError unless the file holds the very text that the verdict is about."""
    if path.read_bytes() != text.encode():
        raise BonsaiError(f"{path}: does not hold what was written there; is the disk all right?")


def _fill(folder: Path, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _judged(
    target: Target,
    compiled: Compiled,
    origin: Origin,
    deadline: Deadline,
    style: Style,
    log: Callable[[str], None],
) -> Result:
    """Return the result with the emitted program and the verdict on it, which that says itself."""
    started = time.perf_counter()
    judging = 0.0
    for writing in writings(target, compiled, style):
        text = writing.text
        begun = time.perf_counter()
        program = read_task(text.encode(), Path(f"{target.name}.py"))
        most = math.inf if compiled.settled else SEARCHING / (1 + len(compiled.graph.computed))
        effort = Effort(most, deadline)
        verdict = target.oracle.verdict(ProgramSystem(program, effort.spend), effort)
        verdict = replace(verdict, basis=target.basis)
        judging += time.perf_counter() - begun
        if verdict.kind == "proved":
            break
        if writing.sought and verdict.kind == "refuted":
            log(f"bonsaic: {UNLIKE}, so its graph's own is taken; please report it")
    seconds = {
        **origin.seconds,
        "emit": round(time.perf_counter() - started - judging, 3),
        "prove": round(judging, 3),
    }
    state_map = compiled.state_map if writing.of is compiled.graph else None
    said = writing.said, state_map
    kept = {state.name for state in compiled.graph.states} <= {
        state.name for state in compiled.neurons.states
    }
    known = kept and compiled.state_map is None
    remembered = writing.remembered if writing.of is compiled.graph else ()
    words = explained(
        compiled.graph,
        target.specification,
        states_of_network=known,
        remembered=remembered,
    )
    header = program_header(target, compiled.graph, verdict, origin, *said)
    headed = writing.emit(header, [*_told_of(remembered, words)])
    if _code(headed) != _code(text):
        raise BrokenHeaderError(f"another program under its header:\n{headed}")
    texts = {"program": text, "task": target.source}
    report = reported(target.name, compiled, verdict, origin, seconds, **texts, words=words)
    return Result(
        name=target.name,
        verdict=verdict,
        network=origin.network,
        program=headed,
        compiled=compiled,
        report=document(report),
        said=summarised(target.name, compiled, verdict, origin),
        words=words,
    )


LONGEST_NOTE = 160
"""How long a sentence may be that is said of what is remembered, in characters."""


def _told_of(remembered: Iterable[Remembered], words: Iterable[str]) -> Iterator[str]:
    """Yield what words say of what a program remembers, if shortly, or else what it may be."""
    for one in remembered:
        told = next((text for text in words if text.startswith(f"{one.name} ")), "")
        # Which states of the network hold it is said apart.
        told = told.split(" In the network,")[0]
        if told and len(told) <= LONGEST_NOTE:
            yield told
        elif max(one.values.values()) > 1:
            yield f"{one.name} is one of {min(one.values.values())} to {max(one.values.values())}."


def written(
    target: Target,
    network: str | None,
    compiled: Compiled,
    program: str,
    verdict: Verdict,
    origin: Origin,
) -> dict[str, str]:
    """Return the texts of a result by their paths; all but the report, and what is drawn.

    `network` is the text of its file, if it came from one.
    """
    graph, neurons = compiled.graph, compiled.neurons
    about = target.doc, target.horizon
    if graph.dialect is Dialect.LOGIC:
        header = equations_header(target, graph, verdict, origin)
        equations = emit_boolean(graph, *about, header)
    elif compiled.settled:
        equations = f"# No equations: {compiled.steps[-1].summary.removeprefix('left out: ')}.\n"
    else:
        equations = (
            "# No equations: no few levels were found that the states of this network keep to.\n"
        )
    return {
        **({} if network is None else {"network.json": network}),
        **{
            f"steps/{place:02}-{step.name}.bonsai": dump(step.graph)
            for place, step in enumerate(compiled.steps)
        },
        f"{target.name}.py": program,
        f"{target.name}.bool.txt": equations,
        f"{target.name}.dot": emit_dot(neurons, *about),
        **({"growth.csv": as_csv(origin.rows)} if origin.rows else {}),
    }
