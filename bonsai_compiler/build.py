"""From networks to a folder of results: compile, emit, prove the emitted file, report."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bonsai_compiler.backends.boolean import emit_boolean
from bonsai_compiler.backends.dot import emit_dot
from bonsai_compiler.backends.python import emit_python
from bonsai_compiler.backends.svg import emit_svg
from bonsai_compiler.differences.walk import Stage
from bonsai_compiler.displayed import Displayed
from bonsai_compiler.folder import replaced
from bonsai_compiler.growth_log import Row, as_csv, as_svg
from bonsai_compiler.ir import Dialect, Graph
from bonsai_compiler.pipeline import Compiled, Step
from bonsai_compiler.proof.behaviour import (
    Behaviour,
    GraphBehaviour,
    MachineBehaviour,
    ProgramBehaviour,
)
from bonsai_compiler.proof.examples_judge import ExamplesJudge
from bonsai_compiler.proof.judge import Judge, SpecificationJudge
from bonsai_compiler.proof.verdict import Verdict
from bonsai_compiler.report import Origin, reported, step_lines, summarised
from bonsai_compiler.specification.machine import tabulate
from bonsai_compiler.specification.ports import Port
from bonsai_compiler.specification.task import Task
from bonsai_compiler.specification.task_file import load_task, read_task
from bonsai_compiler.text import dump
from bonsai_compiler.view.exhibit import ONLY_EXAMPLES, Exhibit, Said, exhibit, scenarios
from bonsai_compiler.view.page import page


@dataclass(frozen=True, slots=True)
class Subject:
    """What is compiled: its name, its documentation, and what it is held against.

    There is no `specification` where a task gives examples only.
    """

    name: str
    doc: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    ports: tuple[Port, ...]
    horizon: int | None
    judge: Judge
    specification: Behaviour | None


@dataclass(frozen=True, slots=True)
class Result(Displayed):
    """What came of a network: its program, the verdict on that, and all steps on the way.

    `network` is the verdict on an imported network itself. `folder` holds the results as files,
    None where nothing was written.
    """

    name: str
    verdict: Verdict
    network: Verdict | None
    program: str = field(repr=False)
    compiled: Compiled = field(repr=False)
    report: dict[str, Any] = field(repr=False)
    said: str = field(repr=False)
    folder: Path | None = None

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
        """The verdict, on the network too where that is another, sizes, and the folder."""
        return f"{self.said}; see {self.folder}" if self.folder else self.said

    @property
    def refuted(self) -> bool:
        """Whether the program is wrong, or the network that it was compiled from."""
        verdicts = self.verdict, self.network
        return any(verdict is not None and verdict.kind == "refuted" for verdict in verdicts)


def subject_of_task(task: Task, seed: int = 0) -> Subject:
    """Return a task as a subject, to be proved where it has a `step`."""
    specification = None if task.step is None else MachineBehaviour(tabulate(task))
    judge: Judge = (
        ExamplesJudge(task, seed)
        if specification is None
        else SpecificationJudge(specification, seed)
    )
    return Subject(
        task.name,
        task.doc,
        task.inputs,
        task.outputs,
        task.ports,
        task.horizon,
        judge,
        specification,
    )


def subject_of_graph(graph: Graph, name: str) -> Subject:
    """Return a network as its own subject: its program has to behave as it does."""
    behaviour = GraphBehaviour(graph)
    judge = SpecificationJudge(behaviour)
    return Subject(
        name, "", behaviour.inputs, behaviour.outputs, graph.ports, None, judge, behaviour
    )


def build(
    subject: Subject,
    network: str | None,
    compiled: Compiled,
    folder: Path | None,
    origin: Origin,
    talk: Callable[[str], None],
) -> Result:
    """Return all about a compiled network, written into `folder` in place of an earlier result.

    `network` is the text of its file, if it came from one. The verdict is about the emitted
    program: it is loaded from the folder and searched; from its text, where there is no folder.
    """
    for line in step_lines(compiled):
        talk(line)
    started = time.perf_counter()
    if folder is None:
        text = emit_python(compiled.graph, subject.doc, subject.horizon)
        program = read_task(text.encode(), Path(f"{subject.name}.py"))
        return _judged(subject, compiled, origin, program, started)
    with replaced(folder) as filling:
        texts = _texts(subject, network, compiled) | _log(subject.name, origin.rows)
        for name, text in texts.items():
            path = filling / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        program = load_task(filling / f"{subject.name}.py")
        result = _judged(subject, compiled, origin, program, started)
        report = json.dumps(result.report, indent=2) + "\n"
        (filling / "report.json").write_text(report, encoding="utf-8")
        shown = _exhibit(subject, compiled, result.verdict, origin, texts)
        (filling / "view.html").write_text(page(shown), encoding="utf-8")
    return replace(result, folder=folder)


def _judged(
    subject: Subject, compiled: Compiled, origin: Origin, program: Task, started: float
) -> Result:
    """Return the result with the verdict on a program, which was emitted since `started`."""
    emitted = time.perf_counter()
    verdict = subject.judge.verdict(ProgramBehaviour(program))
    seconds = {
        **origin.seconds,
        "emit": round(emitted - started, 3),
        "prove": round(time.perf_counter() - emitted, 3),
    }
    return Result(
        name=subject.name,
        verdict=verdict,
        network=origin.network,
        program=program.source,
        compiled=compiled,
        report=reported(subject.name, compiled, verdict, origin, seconds),
        said=summarised(subject.name, compiled, verdict, origin),
    )


def _texts(subject: Subject, network: str | None, compiled: Compiled) -> dict[str, str]:
    graph, neurons = compiled.graph, compiled.neurons
    about = subject.doc, subject.horizon
    equations = (
        emit_boolean(graph, *about)
        if graph.dialect is Dialect.LOGIC
        else "# No equations: no few levels were found that the states of this network keep to.\n"
    )
    return {
        **({} if network is None else {"network.json": network}),
        **{
            f"steps/{place:02}-{step.name}.bonsai": dump(step.graph)
            for place, step in enumerate(compiled.steps)
        },
        f"{subject.name}.py": emit_python(graph, *about),
        f"{subject.name}.bool.txt": equations,
        f"{subject.name}.dot": emit_dot(neurons, *about),
        f"{subject.name}.svg": emit_svg(neurons, *about),
    }


def _exhibit(
    subject: Subject,
    compiled: Compiled,
    verdict: Verdict,
    origin: Origin,
    texts: Mapping[str, str],
) -> Exhibit:
    wrong = origin.network.counterexample if origin.network else None
    return exhibit(
        subject.name,
        subject.doc,
        [
            Stage(step.name, step.graph, step.check, step.deed, step.seconds)
            for step in compiled.steps
        ],
        subject.specification or ONLY_EXAMPLES,
        Said(verdict.kind, verdict.describe(compiled.graph.given, compiled.graph.told)),
        (texts[f"{subject.name}.py"], texts[f"{subject.name}.bool.txt"]),
        scenarios(verdict.counterexample, wrong, len(compiled.steps) - 1),
        origin.rows,
    )


def _log(name: str, rows: Sequence[Row]) -> dict[str, str]:
    return {"growth.csv": as_csv(rows), "growth.svg": as_svg(rows, name)} if rows else {}
