"""Grow one population for a task, and tell which of its networks promise something."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from bonsai_compiler.growth.codes import members
from bonsai_compiler.growth.log import Row
from bonsai_compiler.growth.recipe import TableRecipe
from bonsai_compiler.growth.table import table_of
from bonsai_compiler.schedule.settings import Settings
from bonsai_compiler.specification.machine import Machine, minimized
from bonsai_compiler.specification.task import Task
from bonsai_compiler.system.terminal import log
from bonsai_compiler.workers.interface import Workers

if TYPE_CHECKING:
    from bonsai_compiler.growth.stage import TableStage
    from bonsai_compiler.training import Examples, Population, Progress, Recipe
    from bonsai_compiler.training.pool import Stage

FEWEST = 2
"""How many networks are tried at least: snapping its states can mend one that nearly learned."""

APART = 1.2
"""How many times as many weights make a network worth a try of its own."""


def grow_population(
    task: Task,
    source: Machine | Examples,
    recipe: TableRecipe | Recipe,
    settings: Settings,
    workers: Workers,
    report: Callable[[Progress, Any], bool],
    pause: Callable[[Any], bool] = lambda _: True,
    stage: TableStage | Stage | None = None,
) -> Population:
    """Return the population that a recipe grows: from a table by workers, through time here."""
    common: dict[str, Any] = {
        "engine": settings.engine,
        "device": settings.device,
        "stage": stage,
        "report": report,
        "pause": pause,
    }
    if isinstance(recipe, TableRecipe):
        # OpenCL takes its time to load, and most commands do not need it.
        from bonsai_compiler.growth.grow import grow_table

        assert isinstance(source, Machine)
        if recipe.populations < workers.count:
            log(
                f"bonsaic: of {workers.count} workers {recipe.populations} have work; "
                f"--set populations={workers.count} has them all grow each generation"
            )
        machine = minimized(source)
        population = grow_table(
            table_of(machine),
            members(values_of(task, machine)),
            recipe,
            settings.seed,
            workers=workers,
            **common,
        )
    else:
        from bonsai_compiler.training import grow

        if settings.cluster is not None:
            log("bonsaic: networks that learn through time are grown here, not on the cluster")
        population = grow(source, recipe, settings.seed, chance=task.chance, **common)
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
    mistakes = population.mistakes[: population.earlier]
    order: list[int] = np.lexsort((population.weights[: population.earlier], mistakes)).tolist()
    return order[: max(int((mistakes == 0).sum()), FEWEST)]


def less_pruned(population: Population) -> list[int]:
    """Return the numbers of right networks from before prunings, the sparsest first.

    Each has APART times as many weights as the one before it, and the first as the sparsest of all.
    """
    right = np.flatnonzero(population.mistakes == 0)
    order = right[np.argsort(population.weights[right], kind="stable")]
    chosen: list[int] = []
    for number in order.tolist():
        last = chosen[-1] if chosen else order[0]
        if population.weights[number] >= APART * population.weights[last]:
            chosen.append(number)
    return chosen


def as_rows(attempt: int, progress: Progress, before: Sequence[Row]) -> tuple[Row, ...]:
    """Return the rows of a search up to where an attempt stands; those `before` were told."""
    earlier = [row for row in before if row.rung < attempt] if progress.whole else before
    return (*earlier, *(replace(row, rung=attempt) for row in progress.rows))
