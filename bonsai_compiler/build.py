"""From networks to a folder of results: compile, emit, prove the emitted file, report."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bonsai_compiler.backends.boolean import emit_boolean
from bonsai_compiler.backends.dot import emit_dot
from bonsai_compiler.backends.python import emit_python
from bonsai_compiler.backends.svg import emit_svg
from bonsai_compiler.differences.walk import Stage
from bonsai_compiler.folder import replaced
from bonsai_compiler.growth_log import Row, as_csv, as_svg
from bonsai_compiler.ir import Dialect, Graph
from bonsai_compiler.machine import tabulate
from bonsai_compiler.pipeline import Compiled
from bonsai_compiler.ports import Port
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
from bonsai_compiler.task import Task
from bonsai_compiler.task_file import load_task
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
class Result:
    """What was written, the verdict on the emitted program, and on the network if imported."""

    folder: Path
    program: str
    verdict: Verdict
    network: Verdict | None
    report: dict[str, Any]
    summary: str

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
    network: str,
    compiled: Compiled,
    folder: Path,
    origin: Origin,
    talk: Callable[[str], None],
) -> Result:
    """Write everything about a compiled network into `folder`, in place of an earlier result.

    `network` is the text of its file. The verdict is about the program in that folder: it is
    loaded from there and searched.
    """
    started = time.perf_counter()
    for line in step_lines(compiled):
        talk(line)
    with replaced(folder) as filling:
        texts = _texts(subject, network, compiled) | _log(subject.name, origin.rows)
        for name, text in texts.items():
            path = filling / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        emitted = time.perf_counter()
        program = filling / f"{subject.name}.py"
        verdict = subject.judge.verdict(ProgramBehaviour(load_task(program)))
        seconds = {
            **origin.seconds,
            "emit": round(emitted - started, 3),
            "prove": round(time.perf_counter() - emitted, 3),
        }
        report = reported(subject.name, compiled, verdict, origin, seconds)
        (filling / "report.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
        text = program.read_text(encoding="utf-8")
        shown = _exhibit(subject, compiled, verdict, origin, texts)
        (filling / "view.html").write_text(page(shown), encoding="utf-8")
    said = summarised(subject.name, compiled, verdict, origin)
    return Result(folder, text, verdict, origin.network, report, f"{said}; see {folder}")


def _texts(subject: Subject, network: str, compiled: Compiled) -> dict[str, str]:
    graph, neurons = compiled.graph, compiled.neurons
    about = subject.doc, subject.horizon
    equations = (
        emit_boolean(graph, *about)
        if graph.dialect is Dialect.LOGIC
        else "# No equations: no few levels were found that the states of this network keep to.\n"
    )
    return {
        "network.json": network,
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
