"""The commands, as functions: from files to results."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from bonsai_compiler import __version__
from bonsai_compiler.backends.program import Style
from bonsai_compiler.driver.build import Result, build
from bonsai_compiler.driver.drawing import prepare
from bonsai_compiler.driver.loading import network_of, read_source, read_task_at, read_text
from bonsai_compiler.driver.precedence import expect_place, places
from bonsai_compiler.driver.target import explained, target_of_network, target_of_task
from bonsai_compiler.equivalence.system import TransitionSystem
from bonsai_compiler.equivalence.verdict import Verdict
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.fsm.machine_drawing import MachineDrawing, machine_drawing_of
from bonsai_compiler.growth.progress import Progress
from bonsai_compiler.growth.stage import KIND, Stage
from bonsai_compiler.ir.graph import Dialect, Graph
from bonsai_compiler.ir.names import expect_file_name
from bonsai_compiler.ir.verify import verify
from bonsai_compiler.isolation import process as isolation
from bonsai_compiler.networks.conventions import UNSAID, Conventions
from bonsai_compiler.networks.network_file import dump_network
from bonsai_compiler.networks.parsing import (
    expect_unsaid,
    expect_widths,
    lifted,
    lifted_module,
    load_wiring,
    read_foreign,
)
from bonsai_compiler.oracle.compare import as_candidate, as_specification, compare
from bonsai_compiler.passes.manager import Manager
from bonsai_compiler.passes.pipeline import compile_graph
from bonsai_compiler.schedule.advice import advice
from bonsai_compiler.schedule.checkpoint import digest, keeper
from bonsai_compiler.schedule.origin import Origin
from bonsai_compiler.schedule.populations import grow_population, promising
from bonsai_compiler.schedule.progress import watching
from bonsai_compiler.schedule.search import find_network
from bonsai_compiler.schedule.settings import Settings, recipe_for, source_of
from bonsai_compiler.specification.machine_file import PLAIN, MachineReading
from bonsai_compiler.specification.task import Task
from bonsai_compiler.system.folder import claimed, recover
from bonsai_compiler.system.terminal import log
from bonsai_compiler.workers.cluster import workers_at

PROVING = 8.0
"""So many seconds are there for a verdict, though they go beyond the budget."""


def train_and_compile(
    path: Path,
    out: Path,
    settings: Settings,
    reading: MachineReading = PLAIN,
    *,
    force: bool = False,
    style: Style = "readable",
) -> Result:
    """Grow networks for the task, machine or log at `path`; write OUT/<task>/ with the best one."""
    return grow_and_compile(read_task_at(path, reading), out, settings, force=force, style=style)


def grow_and_compile(
    task: Task,
    out: Path | None,
    settings: Settings,
    *,
    force: bool = False,
    style: Style = "readable",
) -> Result:
    """Grow networks for a task and return the smallest proved one, in OUT/<task>/ if given.

    A result that is worse than the one there goes beside it, unless `force` is given. Until then
    OUT/<task>.growth holds where growth stands; it is left there when that stops, for
    `settings.resume` to go on from.
    """
    with _claimed(out, task.name, force=force) as folder:
        return _grow_into(folder, task, out, settings, force=force, style=style)


def _grow_into(
    folder: Path | None,
    task: Task,
    out: Path | None,
    settings: Settings,
    *,
    force: bool,
    style: Style,
) -> Result:
    """Return the smallest proved network of a task, written into a folder if there is one."""
    task = explained(task, settings)
    target = target_of_task(task, settings.seed)
    path = None if out is None else out / f"{task.name}.growth"
    checkpoint = keeper(path, _identity(task, settings))
    if path is not None and path.exists() and not settings.resume:
        log(f"bonsaic: {path} is of a stopped run; with --resume it would go on")
    try:
        source = source_of(task, target.machine)
        with workers_at(settings.cluster) as workers:
            found = find_network(task, source, target.oracle, settings, checkpoint, workers)
        text, compiled = dump_network(found.choice.network), found.choice.compiled
        grown, until = found.grown, found.deadline.extended(PROVING)
        result = build(
            target, text, compiled, folder, grown, log, force=force, deadline=until, style=style
        )
    except BaseException as error:
        if checkpoint.flush():
            error.add_note(f"{path} holds where growth stood, and --resume goes on from there")
        raise
    if grown.struck:
        log("bonsaic: the budget ended the search, so the same seed can give another result")
    if compiled.settled and not result.refuted:
        checkpoint.drop()
        return result
    if found.more:
        checkpoint.end()
    else:
        checkpoint.drop()
    said = advice(task.path, out, settings, grown, more=found.more)
    return replace(result, advice=said)


@contextmanager
def _claimed(out: Path | None, name: str, *, force: bool) -> Iterator[Path | None]:
    """Give the folder of a result, kept from other runs; None where nothing is to be written."""
    if out is None:
        yield None
        return
    folder = out / expect_file_name(name)
    with claimed(folder):
        for place in places(folder):
            recover(place)
        expect_place(folder, force=force)
        isolation.prepare()
        prepare()
        yield folder


def _identity(task: Task, settings: Settings) -> dict[str, object]:
    """Return what the result of growing depends on."""
    changes = {**task.growth, **(settings.changes or {})}
    return {
        "task": digest(json.dumps([task.source, sorted(task.functions.neighbours.items())])),
        "seed": settings.seed,
        "engine": settings.engine,
        "device": settings.device,
        "recipe": settings.recipe,
        "measure (--smallest)": settings.smallest,
        "recipe (--set)": {name: repr(value) for name, value in sorted(changes.items())},
        "version": f"{__version__}, stages {KIND}",
    }


def train(path: Path, settings: Settings, reading: MachineReading = PLAIN) -> str:
    """Return the most promising network grown for the task or machine at `path`, as JSON."""
    task = explained(read_task_at(path, reading), settings)
    source = source_of(task)
    recipe = recipe_for(task, source, settings)
    with watching(task.name) as watcher, workers_at(settings.cluster) as workers:

        def report(progress: Progress, _: Stage) -> bool:
            watcher(progress.rows, progress.pace, math.inf)
            return True

        population = grow_population(task, source, recipe, settings, workers, report)
    return dump_network(population.networks[promising(population)[0]])


def compile_file(
    path: str,
    task: Task | None,
    out: Path | None,
    *,
    conventions: Conventions = UNSAID,
    force: bool = False,
    style: Style = "readable",
) -> Result:
    """Compile a saved network against a task, or against itself, and write OUT/<name>/ if asked."""
    foreign = read_foreign(path, task, conventions)
    if foreign is not None:
        return _compiled(foreign, None, Path(path).stem, task, out, force=force, style=style)
    if path != "-" and Path(path).is_dir():
        network = network_of(Path(path))
        if isinstance(network, Graph):
            expect_unsaid(conventions, path)
            return compile_lifted(network, task, out, force=force, style=style)
        path = str(network)
    text = read_text(path)
    stem = "network" if path == "-" else Path(path).stem
    return compile_text(
        text, path, stem, task, out, conventions=conventions, force=force, style=style
    )


def compile_module(
    module: object,
    task: Task | None,
    out: Path | None,
    *,
    conventions: Conventions = UNSAID,
    force: bool = False,
    style: Style = "readable",
) -> Result:
    """Compile a live module of PyTorch as if its file had been read."""
    graph = lifted_module(module, task, conventions)
    return _compiled(graph, None, "network", task, out, force=force, style=style)


def compile_text(
    text: str,
    place: str,
    stem: str,
    task: Task | None,
    out: Path | None,
    *,
    conventions: Conventions = UNSAID,
    force: bool = False,
    style: Style = "readable",
) -> Result:
    """Compile the network that JSON `text` holds; `place` is named in errors, `stem` the result."""
    wiring = load_wiring(text, place)
    graph = lifted(wiring, place if task else stem, task, conventions)
    verify(graph, place)
    return _compiled(graph, text, stem, task, out, force=force, style=style)


def compile_lifted(
    graph: Graph,
    task: Task | None,
    out: Path | None,
    *,
    force: bool = False,
    style: Style = "readable",
) -> Result:
    """Compile a graph of neurons as if it had just been lifted, against a task or itself."""
    if graph.dialect is not Dialect.NEURONS:
        raise BonsaiError(f"{graph.name}: is of logic already; give a graph of neurons")
    verify(graph, graph.name)
    if task is not None:
        expect_widths(task, len(graph.inputs), len(graph.outputs), graph.name)
    return _compiled(graph, None, graph.name, task, out, force=force, style=style)


def _compiled(
    lifted: Graph,
    text: str | None,
    stem: str,
    task: Task | None,
    out: Path | None,
    *,
    force: bool,
    style: Style,
) -> Result:
    target = target_of_task(task) if task else target_of_network(lifted, stem, log)
    with _claimed(out, target.name, force=force) as folder:
        started = time.perf_counter()
        network = target.oracle.verdict(target.oracle.candidate(lifted)) if task else None
        judged = time.perf_counter()
        compiled = compile_graph(lifted, Manager(target.oracle))
        seconds = {"judge": judged - started, "compile": time.perf_counter() - judged}
        origin = Origin(seconds=seconds, network=network)
        return build(target, text, compiled, folder, origin, log, force=force, style=style)


def check(
    candidate_path: str, specification_path: str, reading: MachineReading = PLAIN
) -> tuple[str, bool]:
    """Return the verdict in words, and whether the candidate was not refuted."""
    if candidate_path == specification_path == "-":
        raise BonsaiError("only one of the two can come from standard input")
    candidate = read_source(candidate_path, reading=reading)
    specification = read_source(specification_path, reading=reading)
    verdict, wanted = held_against(candidate, specification)
    return verdict.describe(wanted.input_signals, wanted.output_signals), verdict.kind != "refuted"


def held_against(given: Graph | Task, wanted: Graph | Task) -> tuple[Verdict, TransitionSystem]:
    """Return whether one behaves as the other does, and the one that was the specification."""
    if isinstance(wanted, Graph) and isinstance(given, Task):
        # Only a task knows which inputs are legal, so it is the specification on either side.
        given, wanted = wanted, given
    specification = as_specification(wanted)
    verdict = compare(as_candidate(given, specification), specification)
    basis = wanted.basis if isinstance(wanted, Task) else None
    return replace(verdict, basis=basis), specification


def draw_machine(
    path: str,
    task_path: Path | None = None,
    conventions: Conventions = UNSAID,
    reading: MachineReading = PLAIN,
) -> MachineDrawing:
    """Return the machine of the graph, network, machine, program or task at `path`.

    With a task, its legal inputs and its horizon count; else the file's own, and every input of a
    graph. Raises BonsaiError where the states do not close.
    """
    task = None if task_path is None else read_task_at(task_path)
    return machine_drawing_of(read_source(path, task, conventions, reading), task, path)
