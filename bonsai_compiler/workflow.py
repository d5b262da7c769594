"""The commands, as functions: from files to results."""

import ast
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bonsai_compiler.backends import BACKENDS
from bonsai_compiler.build import Grown, Result, build, subject_of_graph, subject_of_task
from bonsai_compiler.equiv import compare
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.folder import expect_replaceable
from bonsai_compiler.ir import Graph
from bonsai_compiler.lift import lift
from bonsai_compiler.names import identifier
from bonsai_compiler.network import dump_network, load_network
from bonsai_compiler.pipeline import compile_graph, lower_graph
from bonsai_compiler.selection import choose
from bonsai_compiler.sources import (
    as_candidate,
    as_specification,
    lift_unnamed,
    read_graph,
    read_source,
    read_text,
)
from bonsai_compiler.task import Task, load_task
from bonsai_compiler.terminal import talk, watching
from bonsai_compiler.tuning import Tuning

if TYPE_CHECKING:
    from bonsai_compiler.growth import Population


FEWEST = 12
"""How many replicas are tried at least: snapping its states can mend one that nearly learned."""


def train_and_compile(
    path: Path, out: Path, seed: int, engine: str, device: str | None, settings: Sequence[str]
) -> Result:
    """Grow networks for the task at `path` and write OUT/<task>/ with the smallest proved one."""
    task = load_task(path)
    expect_replaceable(out / task.name)
    subject = subject_of_task(task, seed)
    population = _grow(task, seed, engine, device, settings)
    started = time.perf_counter()
    tuning = Tuning(subject.judge)
    choice = choose(
        population.networks,
        promising(population),
        tuning,
        identifier(task.name),
        task.inputs,
        task.outputs,
    )
    talk(f"compiled {choice.tried} networks; kept replica {choice.number}")
    seconds = {"grow": population.seconds, "compile": time.perf_counter() - started}
    grown = Grown(
        seed,
        len(population.networks),
        population.solved,
        population.engine,
        population.device,
        {name: round(value, 3) for name, value in seconds.items()},
    )
    return build(subject, choice.network, choice.compiled, out / task.name, grown, talk)


def train(path: Path, seed: int, engine: str, device: str | None, settings: Sequence[str]) -> str:
    """Return the most promising network grown for the task at `path`, as JSON."""
    population = _grow(load_task(path), seed, engine, device, settings)
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


def _grow(
    task: Task, seed: int, engine: str, device: str | None, settings: Sequence[str]
) -> "Population":
    # tinygrad and OpenCL take their time to load, and most commands need neither.
    from bonsai_compiler.growth import Examples, default_recipe, grow, override
    from bonsai_compiler.machine import tabulate

    source = Examples(task.inputs, task.outputs, task.draw) if task.step is None else tabulate(task)
    recipe = override(default_recipe(source), task.growth, f"{task.path}: growth")
    recipe = override(recipe, dict(map(_setting, settings)), "--set")
    with watching(task.name) as watcher:
        return grow(
            source,
            recipe,
            seed,
            engine=engine,
            device=device,
            chance=task.chance,
            report=watcher,
        )


def promising(population: "Population") -> list[int]:
    """Return the numbers of the replicas that learned the task, the sparsest first.

    Where fewer than FEWEST did, those with the fewest mistakes follow.
    """
    order: list[int] = np.lexsort((population.regularisation, population.mistakes)).tolist()
    return order[: max(population.solved, FEWEST)]


def _setting(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    try:
        return name.strip(), ast.literal_eval(value.strip())
    except (SyntaxError, ValueError):
        fault = "its value is no Python literal" if equals else "write NAME=VALUE"
        raise BonsaiError(f"--set {text}: {fault}") from None
