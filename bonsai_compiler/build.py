"""From networks to a folder of results: compile, emit, prove the emitted file, report."""

import json
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

from bonsai_compiler import __version__
from bonsai_compiler.backends import BACKENDS
from bonsai_compiler.backends.boolean import emit_boolean
from bonsai_compiler.behaviour import GraphBehaviour, MachineBehaviour, ProgramBehaviour
from bonsai_compiler.checkpoint import Rung
from bonsai_compiler.examples_judge import ExamplesJudge
from bonsai_compiler.folder import replaced
from bonsai_compiler.growth_log import Row, as_csv, as_svg
from bonsai_compiler.ir import Dialect, Graph, size
from bonsai_compiler.judge import Judge, SpecificationJudge
from bonsai_compiler.machine import tabulate
from bonsai_compiler.names import function_name
from bonsai_compiler.network import Network, dump_network
from bonsai_compiler.pipeline import Compiled
from bonsai_compiler.task import Task
from bonsai_compiler.task_file import load_task
from bonsai_compiler.text import dump
from bonsai_compiler.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Subject:
    """What is compiled: its name, its documentation, and what it is held against."""

    name: str
    doc: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    horizon: int | None
    judge: Judge


@dataclass(frozen=True, slots=True)
class Grown:
    """What growing contributed to a result; the defaults say that nothing was grown."""

    seed: int | None = None
    rung: int | None = None
    rungs: tuple[Rung, ...] = ()
    replicas: int | None = None
    solved: int | None = None
    engine: str | None = None
    device: str | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    budget: float | None = None
    struck: bool | None = None
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """What was written, and the verdict on the emitted program."""

    folder: Path
    program: str
    verdict: Verdict
    report: dict[str, Any]
    summary: str


def subject_of_task(task: Task, seed: int = 0) -> Subject:
    """Return a task as a subject, to be proved where it has a `step`."""
    judge: Judge = (
        ExamplesJudge(task, seed)
        if task.step is None
        else SpecificationJudge(MachineBehaviour(tabulate(task)), seed)
    )
    return Subject(task.name, task.doc, task.inputs, task.outputs, task.horizon, judge)


def subject_of_graph(graph: Graph, name: str) -> Subject:
    """Return a network as its own subject: its program has to behave as it does."""
    behaviour = GraphBehaviour(graph)
    judge = SpecificationJudge(behaviour)
    return Subject(name, "", behaviour.inputs, behaviour.outputs, None, judge)


def build(
    subject: Subject,
    network: Network,
    compiled: Compiled,
    folder: Path,
    grown: Grown,
    talk: Callable[[str], None],
) -> Result:
    """Write everything about a compiled network into `folder`, in place of an earlier result.

    The verdict is about the program in that folder: it is loaded from there and searched.
    """
    started = time.perf_counter()
    for line in step_lines(compiled):
        talk(line)
    with replaced(folder) as filling:
        texts = _texts(subject, network, compiled) | _log(subject.name, grown.rows)
        for name, text in texts.items():
            path = filling / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        emitted = time.perf_counter()
        program = filling / f"{subject.name}.py"
        verdict = subject.judge.verdict(ProgramBehaviour(load_task(program)))
        seconds = {
            **grown.seconds,
            "emit": round(emitted - started, 3),
            "prove": round(time.perf_counter() - emitted, 3),
        }
        report = _report(subject, compiled, verdict, grown, seconds)
        (filling / "report.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
        text = program.read_text(encoding="utf-8")
    sizes = size(compiled.neurons)
    summary = (
        f"{subject.name}: {verdict.describe(subject.inputs, subject.outputs)}; "
        f"neurons {sizes.neurons}, weights {sizes.weights}, states {sizes.states}; see {folder}"
    )
    return Result(folder, text, verdict, report, summary)


def step_lines(compiled: Compiled) -> Sequence[str]:
    """Return one line a pass: what it did, sizes before and after, how it checked, its time."""
    lines = [f"{'pass':<15} {'neurons / weights / states':<30} {'check':<9} {'seconds':>7}  what"]
    for before, step in zip((compiled.steps[0], *compiled.steps), compiled.steps, strict=False):
        sizes = f"{step.size}" if step is before else f"{before.size}  ->  {step.size}"
        lines.append(
            f"{step.name:<15} {sizes:<30} {step.check:<9} {step.seconds:7.2f}  {step.deed}".rstrip()
        )
    return lines


def _texts(subject: Subject, network: Network, compiled: Compiled) -> dict[str, str]:
    graph, neurons = compiled.graph, compiled.neurons
    about = subject.doc, subject.horizon
    equations = (
        emit_boolean(graph, *about)
        if graph.dialect is Dialect.LOGIC
        else "# No equations: no few levels were found that the states of this network keep to.\n"
    )
    return {
        "network.json": dump_network(network),
        **{
            f"steps/{place:02}-{step.name}.bonsai": dump(step.graph)
            for place, step in enumerate(compiled.steps)
        },
        f"{subject.name}.py": BACKENDS["python"](graph, *about),
        f"{subject.name}.bool.txt": equations,
        f"{subject.name}.dot": BACKENDS["dot"](neurons, *about),
        f"{subject.name}.svg": BACKENDS["svg"](neurons, *about),
    }


def _log(name: str, rows: Sequence[Row]) -> dict[str, str]:
    return {"growth.csv": as_csv(rows), "growth.svg": as_svg(rows, name)} if rows else {}


def _report(
    subject: Subject, compiled: Compiled, verdict: Verdict, grown: Grown, seconds: dict[str, float]
) -> dict[str, Any]:
    neurons, example = size(compiled.neurons), verdict.counterexample
    logic = size(compiled.graph) if compiled.graph.dialect is Dialect.LOGIC else None
    return {
        "task": subject.name,
        "function": function_name(subject.name),
        "verdict": verdict.kind,
        "horizon": verdict.horizon,
        "depth": verdict.depth,
        "random": verdict.random,
        "counterexample": example
        and {
            "inputs": example.inputs,
            "outputs": example.outputs,
            "expected": example.expected,
        },
        "shortest": verdict.shortest,
        "neurons": neurons.neurons,
        "weights": neurons.weights,
        "states": neurons.states,
        "logic": logic and {"nodes": logic.neurons, "arguments": logic.weights},
        "rung": grown.rung,
        "rungs": [asdict(rung) for rung in grown.rungs],
        "budget": grown.budget and {"seconds": grown.budget, "struck": grown.struck},
        "replicas": grown.replicas,
        "solved_replicas": grown.solved,
        "seconds": seconds,
        "seed": grown.seed,
        "engine": grown.engine,
        "device": grown.device,
        "versions": {
            "bonsai_compiler": __version__,
            "python": platform.python_version(),
            **{name: metadata.version(name) for name in ("numpy", "sympy", "tinygrad")},
        },
    }
