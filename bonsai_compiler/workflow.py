"""The commands, as functions: from files to results."""

import time
from pathlib import Path

from bonsai_compiler.backends import BACKENDS
from bonsai_compiler.build import Grown, Result, build, subject_of_graph, subject_of_task
from bonsai_compiler.equiv import compare
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.folder import expect_replaceable
from bonsai_compiler.ir import Graph
from bonsai_compiler.ladder import Settings, climb, grow_population, promising, recipes
from bonsai_compiler.lift import lift
from bonsai_compiler.names import identifier
from bonsai_compiler.network import dump_network, load_network
from bonsai_compiler.pipeline import compile_graph, lower_graph
from bonsai_compiler.sources import (
    as_candidate,
    as_specification,
    lift_unnamed,
    read_graph,
    read_source,
    read_text,
)
from bonsai_compiler.task import Task
from bonsai_compiler.task_file import load_task
from bonsai_compiler.terminal import talk
from bonsai_compiler.tuning import Tuning


def train_and_compile(path: Path, out: Path, settings: Settings) -> Result:
    """Grow networks for the task at `path` and write OUT/<task>/ with the smallest proved one."""
    task = load_task(path)
    expect_replaceable(out / task.name)
    subject = subject_of_task(task, settings.seed)
    choice, grown = climb(task, subject.judge, settings)
    return build(subject, choice.network, choice.compiled, out / task.name, grown, talk)


def train(path: Path, settings: Settings) -> str:
    """Return the most promising network grown for the task at `path`, as JSON."""
    task = load_task(path)
    population = grow_population(task, recipes(task, settings)[0], settings)
    return dump_network(population.networks[promising(population)[0]])


def compile_file(path: str, task_path: Path | None, out: Path) -> Result:
    """Compile a saved network against a task, or against itself."""
    network = load_network(read_text(path), path)
    stem = "network" if path == "-" else Path(path).stem
    if task_path is None:
        lifted = lift_unnamed(network, stem)
        subject = subject_of_graph(lifted, stem)
    else:
        task = load_task(task_path)
        for what, names, width in (
            ("inputs", task.inputs, network.input_width),
            ("outputs", task.outputs, network.output_width),
        ):
            if len(names) != width:
                raise BonsaiError(f"{path}: has {width} {what}, but {task_path} has {len(names)}")
        subject = subject_of_task(task)
        lifted = lift(network, identifier(task.name), task.inputs, task.outputs)
    folder = out / subject.name
    expect_replaceable(folder)
    started = time.perf_counter()
    tuning = Tuning(subject.judge)
    compiled = lower_graph(compile_graph(lifted, tuning), tuning)
    seconds = {"compile": round(time.perf_counter() - started, 3)}
    return build(subject, network, compiled, folder, Grown(seconds=seconds), talk)


def emit(path: str, backend: str) -> str:
    """Return the graph at `path` in the language of a backend."""
    if backend not in BACKENDS:
        raise BonsaiError(f"there is no backend '{backend}'; known are {', '.join(BACKENDS)}")
    return BACKENDS[backend](read_graph(path))


def check(candidate_path: str, specification_path: str) -> tuple[str, bool]:
    """Return the verdict in words, and whether the candidate was not refuted."""
    if candidate_path == specification_path == "-":
        raise BonsaiError("only one of the two can come from standard input")
    given, wanted = read_source(candidate_path), read_source(specification_path)
    if isinstance(wanted, Graph) and isinstance(given, Task):
        # Only a task knows which inputs are legal, so it is the specification on either side.
        given, wanted = wanted, given
    specification = as_specification(wanted)
    verdict = compare(as_candidate(given), specification)
    text = verdict.describe(specification.inputs, specification.outputs)
    return text, verdict.kind != "refuted"
