"""Grow one population for a task, and tell which of its networks promise something."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from bonsai_compiler.growth.codes import Member, members
from bonsai_compiler.growth.progress import Population, Progress
from bonsai_compiler.growth.recipe import Recipe
from bonsai_compiler.growth.sequences import Examples, SequenceLessons
from bonsai_compiler.growth.stage import Stage
from bonsai_compiler.growth.table import Lessons, table_of
from bonsai_compiler.schedule.settings import Settings
from bonsai_compiler.specification.machine import Machine, minimized
from bonsai_compiler.specification.task import Task
from bonsai_compiler.system.terminal import log
from bonsai_compiler.workers.here import HERE
from bonsai_compiler.workers.interface import Workers

FEWEST = 2
"""How many networks are tried at least: snapping its states can mend one that nearly learned."""


def grow_population(
    task: Task,
    source: Machine | Examples,
    recipe: Recipe,
    settings: Settings,
    workers: Workers,
    report: Callable[[Progress, Stage], bool],
    pause: Callable[[Stage], bool] = lambda _: True,
    stage: Stage | None = None,
) -> Population:
    """Return the population that a recipe grows: from a table by workers, through time here."""
    # OpenCL takes its time to load, and most commands do not need it.
    from bonsai_compiler.growth.grow import grow

    parts: list[Member] = []
    lessons: Lessons
    if recipe.ticks:
        lessons = SequenceLessons(source, recipe.ticks, task.chance, settings.seed)
        if settings.cluster is not None:
            log("bonsaic: networks that learn through time are grown here, not on the cluster")
        workers = HERE
    else:
        assert isinstance(source, Machine)
        machine = minimized(source)
        lessons, parts = table_of(machine), members(values_of(task, machine))
        if recipe.populations < workers.count:
            log(
                f"bonsaic: of {workers.count} workers {recipe.populations} have work; "
                f"--set populations={workers.count} has them all grow each generation"
            )
    population = grow(
        lessons,
        parts,
        recipe,
        settings.seed,
        engine=settings.engine,
        device=settings.device,
        workers=workers,
        stage=stage,
        report=report,
        pause=pause,
    )
    if population.warning:
        log(f"bonsaic: {population.warning}")
    return population


def values_of(task: Task, machine: Machine) -> list[Any]:
    """Return the values of a task's own states that behave as those of a machine do."""
    assert machine.numbers is not None
    return [task.state(int(number)) for number in machine.numbers]


def promising(population: Population) -> list[int]:
    """Return the numbers of the networks that learned the task, the sparsest first.

    Where fewer than FEWEST did, those with the fewest mistakes follow.
    """
    mistakes = population.mistakes
    order: list[int] = np.lexsort((population.weights, mistakes)).tolist()
    return order[: max(int((mistakes == 0).sum()), FEWEST)]
