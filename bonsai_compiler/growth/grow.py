"""grow(): generations until nothing smaller is found, in units that can be resumed."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future
from dataclasses import replace

import numpy as np

from bonsai_compiler.devices.choice import Choice, choose_engine
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.growth.codes import Member
from bonsai_compiler.growth.generations import Generations
from bonsai_compiler.growth.initialization import Initialization
from bonsai_compiler.growth.population import Work, advanced, specimens
from bonsai_compiler.growth.progress import Population, Progress
from bonsai_compiler.growth.recipe import Recipe
from bonsai_compiler.growth.stage import PopulationStage, Stage
from bonsai_compiler.growth.table import Lessons
from bonsai_compiler.workers.here import HERE
from bonsai_compiler.workers.interface import Workers

Report = Callable[[Progress, Stage], bool]


def go_on(*_: object) -> bool:
    """Report to nobody, and go on."""
    return True


def grow(
    lessons: Lessons,
    members: Sequence[Member],
    recipe: Recipe,
    seed: int,
    *,
    engine: str = "auto",
    device: str | None = None,
    workers: Workers = HERE,
    stage: Stage | None = None,
    report: Report = go_on,
    pause: Callable[[Stage], bool] = go_on,
) -> Population:
    """Return the smallest networks found that are right on what judges, the smallest first.

    Where none is, those come that were wrong on the fewest rows. The same seed, recipe and engine
    give the same networks, whatever `workers` grow them, also when `stage` is where an earlier run
    stood. `pause` is asked before each unit of work, and `report` told after it; growing ends when
    either answers False.
    """
    started = time.perf_counter()
    choice = _choice(workers.everywhere(choose_engine, engine, device))
    initialization = Initialization(lessons, members, recipe, seed)
    generations = Generations(initialization)
    stage = stage or generations.first()
    if not _fits(stage, lessons):
        raise BonsaiError("the checkpoint is of networks of another shape; start anew")
    begun = stage.total.steps
    away: dict[Future[PopulationStage], int] = {}
    going = True
    try:
        while going and stage.phase != "done" and pause(stage):
            generation = replace(stage, populations=(), history=())
            work = Work(initialization, generation, choice.engine, choice.device)
            free = workers.width - len(away)
            for place, population in _waiting(stage, recipe, set(away.values()))[:free]:
                away[workers.submit(advanced, work, population, workers.seconds)] = place
            for future in workers.done(away):
                del away[future]
                stage = generations.joined(stage, future.result())
                pace = (stage.total.steps - begun) / (time.perf_counter() - started)
                going = report(Progress(stage.rows, pace), stage) and going
    finally:
        for future in away:
            future.cancel()
    return _population(stage, initialization, choice, time.perf_counter() - started)


def _choice(choices: Sequence[Choice]) -> Choice:
    """Return what workers grow on, with a warning where they are not all alike."""
    kinds = sorted({f"{choice.engine}, {choice.description}" for choice in choices})
    if len(kinds) == 1:
        return choices[0]
    said = " and ".join(kinds)
    warning = f"the workers are of several kinds ({said}): the same seed may give other networks"
    return replace(choices[0], description=said, warning=warning)


def _fits(stage: Stage, lessons: Lessons) -> bool:
    """Return whether the networks of a stage are of the widths that lessons ask for."""
    found = [*stage.archive, *(item for part in stage.populations for item in part.found)]
    networks = [
        (item.network.input_width, item.network.output_width, len(item.code)) for item in found
    ]
    learning = [
        (item.architecture.inputs, item.architecture.outputs, item.learners.codes.shape[1])
        for item in stage.populations
    ]
    return {*networks, *learning} <= {(lessons.inputs, lessons.outputs, lessons.states)}


def _waiting(
    stage: Stage, recipe: Recipe, away: Collection[int]
) -> list[tuple[int, PopulationStage | int]]:
    """Return the places where there is work to do: with their populations, or to begin one."""
    begun = {population.place: population for population in stage.populations}
    places = (place for place in range(recipe.populations) if place not in away)
    waiting = ((place, begun.get(place, place)) for place in places)
    return [(place, item) for place, item in waiting if getattr(item, "phase", "train") != "done"]


def _population(
    stage: Stage, initialization: Initialization, choice: Choice, seconds: float
) -> Population:
    """Return what a run that ended in this stage yields."""
    found = list(stage.archive)
    if stage.phase != "done" or not found:
        # Stopped before the first unit: these networks have learned nothing, but there are some.
        populations = stage.populations or (initialization.drawn(stage, 0),)
        for population in populations:
            recipe = initialization.recipe
            found += specimens(population, recipe.smallest, held=not recipe.ticks)
    total = stage.total
    return Population(
        networks=tuple(item.network for item in found),
        mistakes=np.array([item.mistakes for item in found]),
        weights=np.array([item.weights for item in found], np.int64),
        solved=total.solved,
        resets=total.resets,
        steps=total.steps,
        seconds=seconds,
        engine=choice.engine,
        device=choice.description,
        warning=choice.warning,
        replicas=total.trained or initialization.recipe.replicas,
    )
