"""The commands, as functions: from files to results."""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bonsai_compiler import __version__
from bonsai_compiler.backends import BACKENDS
from bonsai_compiler.build import Result, build, subject_of_graph, subject_of_task
from bonsai_compiler.climbing.checkpoint import digest, keeper
from bonsai_compiler.climbing.ladder import climb
from bonsai_compiler.climbing.populations import as_rows, grow_population, promising
from bonsai_compiler.climbing.settings import Settings, recipes, source_of
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.folder import expect_replaceable
from bonsai_compiler.growth_log import Row
from bonsai_compiler.ir import Graph
from bonsai_compiler.names import identifier
from bonsai_compiler.networks.imported import load_wiring
from bonsai_compiler.networks.lift import lift
from bonsai_compiler.networks.network import dump_network
from bonsai_compiler.pipeline import compile_graph
from bonsai_compiler.ports import side
from bonsai_compiler.proof.behaviour import GraphBehaviour
from bonsai_compiler.proof.equiv import compare
from bonsai_compiler.report import Origin
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
from bonsai_compiler.terminal import talk, watching
from bonsai_compiler.tuning.tuning import Tuning
from bonsai_compiler.verify import verify

if TYPE_CHECKING:
    from bonsai_compiler.growth import Progress
    from bonsai_compiler.growth.pool import Stage


def train_and_compile(path: Path, out: Path, settings: Settings) -> Result:
    """Grow networks for the task at `path` and write OUT/<task>/ with the smallest proved one.

    Until then OUT/<task>.growth holds where growth stands; it is left there when that stops, for
    `settings.resume` to go on from.
    """
    task = load_task(path)
    expect_replaceable(out / task.name)
    subject = subject_of_task(task, settings.seed)
    checkpoint = keeper(out / f"{task.name}.growth", _identity(path, settings))
    if checkpoint.path.exists() and not settings.resume:
        talk(f"bonsaic: {checkpoint.path} is of a stopped run; with --resume it would go on")
    try:
        choice, grown = climb(task, subject.judge, settings, checkpoint)
        text = dump_network(choice.network)
        result = build(subject, text, choice.compiled, out / task.name, grown, talk)
    except BaseException:
        if checkpoint.flush():
            talk(
                f"bonsaic: {checkpoint.path} holds where growth stood; --resume goes on from there"
            )
        raise
    checkpoint.drop()
    return result


def _identity(path: Path, settings: Settings) -> dict[str, object]:
    """Return what the result of growing depends on."""
    return {
        "task": digest(path.read_text(encoding="utf-8")),
        "seed": settings.seed,
        "engine": settings.engine,
        "device": settings.device,
        "recipe (--set)": {name: repr(value) for name, value in (settings.changes or {}).items()},
        "version": __version__,
    }


def train(path: Path, settings: Settings) -> str:
    """Return the most promising network grown for the task at `path`, as JSON."""
    task = load_task(path)
    source = source_of(task)
    recipe = recipes(task, source, settings)[0]
    with watching(task.name, 1) as watcher:
        rows: list[Row] = []

        def report(progress: Progress, _: Stage) -> bool:
            rows.extend(as_rows(1, progress, rows))
            watcher(rows, progress.pace, math.inf)
            return True

        population = grow_population(task, source, recipe, settings, report)
    return dump_network(population.networks[promising(population)[0]])


def compile_file(path: str, task_path: Path | None, out: Path) -> Result:
    """Compile a saved network against a task, or against itself."""
    text = read_text(path)
    wiring = load_wiring(text, path)
    stem = "network" if path == "-" else Path(path).stem
    if task_path is None:
        lifted = lift_unnamed(wiring, stem)
        subject = subject_of_graph(lifted, stem)
    else:
        task = load_task(task_path)
        for what, names, width in (
            ("inputs", task.inputs, wiring.input_width),
            ("outputs", task.outputs, len(wiring.outputs)),
        ):
            if len(names) != width:
                raise BonsaiError(f"{path}: has {width} {what}, but {task_path} has {len(names)}")
        subject = subject_of_task(task)
        lifted = lift(wiring, identifier(task.name), task.inputs, task.outputs, task.ports)
    verify(lifted, path)
    folder = out / subject.name
    expect_replaceable(folder)
    started = time.perf_counter()
    network = subject.judge.verdict(GraphBehaviour(lifted)) if task_path else None
    judged = time.perf_counter()
    tuning = Tuning(subject.judge)
    compiled = compile_graph(lifted, tuning)
    seconds = {"judge": judged - started, "compile": time.perf_counter() - judged}
    return build(subject, text, compiled, folder, Origin(seconds=seconds, network=network), talk)


def emit(path: str, backend: str) -> str | bytes:
    """Return the graph at `path` in the language of a backend; a picture as bytes."""
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
    verdict = compare(as_candidate(given, specification), specification)
    sides = (
        side(bits, specification.ports) for bits in (specification.inputs, specification.outputs)
    )
    text = verdict.describe(*sides)
    return text, verdict.kind != "refuted"
