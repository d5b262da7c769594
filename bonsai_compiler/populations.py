"""Grow one population for a task, and tell which of its networks promise something."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from bonsai_compiler.growth_log import Row
from bonsai_compiler.machine import Machine
from bonsai_compiler.settings import Settings
from bonsai_compiler.task import Task
from bonsai_compiler.terminal import talk

if TYPE_CHECKING:
    from bonsai_compiler.growth import Examples, Population, Progress, Recipe
    from bonsai_compiler.growth.pool import Stage

FEWEST = 2
"""How many networks are tried at least: snapping its states can mend one that nearly learned."""


def grow_population(
    task: Task,
    source: Machine | Examples,
    recipe: Recipe,
    settings: Settings,
    report: Callable[[Progress, Stage], bool],
    stage: Stage | None = None,
    lessons: tuple[tuple[int, ...], ...] = (),
) -> Population:
    """Return the population that a recipe grows."""
    # tinygrad and OpenCL take their time to load, and most commands need neither.
    from bonsai_compiler.growth import grow

    population = grow(
        source,
        recipe,
        settings.seed,
        engine=settings.engine,
        device=settings.device,
        chance=task.chance,
        lessons=lessons,
        stage=stage,
        report=report,
    )
    if population.warning:
        talk(f"bonsaic: {population.warning}")
    return population


def promising(population: Population) -> list[int]:
    """Return the numbers of the networks that learned the task, the sparsest first.

    Where fewer than FEWEST did, those with the fewest mistakes follow.
    """
    order: list[int] = np.lexsort((population.weights, population.mistakes)).tolist()
    return order[: max(int((population.mistakes == 0).sum()), FEWEST)]


def as_row(rung: int, progress: Progress) -> Row:
    """Return where a rung stands as a row of the log."""
    return Row(
        rung=rung,
        phase=progress.phase,
        step=progress.step,
        loss=progress.best_loss,
        median_loss=progress.median_loss,
        regularisation=progress.regularisation,
        mistakes=progress.mistakes,
        solved=progress.solved,
        weights=progress.weights,
    )
