"""grow(): sow replicas until some are right, then prune those; in units that can be resumed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from tinygrad.helpers import Context

from bonsai_compiler.devices.choice import choose_engine
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.growth.progress import Population, Progress
from bonsai_compiler.specification.machine import Machine, minimized
from bonsai_compiler.training.memory import remembered
from bonsai_compiler.training.pool import Midway, Rows, Stage, fresh_pool
from bonsai_compiler.training.recipe import Recipe
from bonsai_compiler.training.rehearsal import rehearsed, unfolded
from bonsai_compiler.training.report import population_at, progress_at
from bonsai_compiler.training.sampling import Examples, Lessons
from bonsai_compiler.training.shape import initial_population
from bonsai_compiler.training.trainer import Pause, Trainer
from bonsai_compiler.training.units import Units, first_stage

Report = Callable[[Progress, Stage], bool]


class EnoughError(Exception):
    """Growth is to end in the middle of a unit."""


def go_on(*_: object) -> bool:
    """Report to nobody, and go on."""
    return True


def grow(
    source: Machine | Examples,
    recipe: Recipe,
    seed: int,
    *,
    engine: str = "auto",
    device: str | None = None,
    chance: Mapping[str, float] | None = None,
    lessons: Lessons = (),
    stage: Stage | None = None,
    report: Report = go_on,
    pause: Callable[[Stage], bool] = go_on,
) -> Population:
    """Return the population that `recipe` grows for a task, judged as `judging.py` tells.

    `engine` is kernel, tensor or auto; `device` a name of tinygrad's, or None for the best. The
    same seed, recipe and device give the same weights, also when `stage` is where an earlier run
    stood. After each unit of work `report` is told, and `pause` before the first and in the middle
    of each; growing ends when either answers False. `lessons` are sequences to be trained on above
    all. Raises BonsaiError for an engine or device that is not there, and for a task's examples
    that are no sequences.
    """
    started = time.perf_counter()
    choice = choose_engine(engine, device)
    if isinstance(source, Machine):
        source = minimized(source)
    rehearsing = None
    if isinstance(source, Machine) and recipe.rehearses and source.size > 1:
        rehearsing = source
        source = unfolded(source)
    shape = recipe.shape(source)
    stage = stage or first_stage(shape)
    if stage.pool.parameters.shape[1] != shape.parameters:
        raise BonsaiError("the checkpoint is of networks of another shape; start anew")
    codes = remembered(source) if isinstance(source, Machine) and shape.starts > 1 else None
    # No pool of compiling processes: started for a dozen small kernels, it takes longer than they.
    with Context(DEV=choice.device.split(":")[0], PARALLEL=0, TRAINING=1):

        def sown(rng: np.random.Generator, midway: Midway | None, told: Pause | None) -> Rows:
            if rehearsing:
                return rehearsed(choice, rehearsing, recipe, shape, rng, midway, told)
            return initial_population(shape, recipe.replicas, rng, codes)

        def paused(midway: Stage) -> None:
            if not pause(midway):
                raise EnoughError

        if stage.phase != "done" and pause(stage):
            trainer = Trainer(choice, shape, source, recipe, seed, dict(chance or {}), lessons)
            units = Units(trainer, shape, recipe, seed, sown, paused)
            try:
                while stage.phase != "done":
                    since, begun = stage, time.perf_counter()
                    stage = units.unit(stage)
                    pace = (stage.steps - since.steps) / (time.perf_counter() - begun)
                    if not report(progress_at(stage, shape, pace, since, trainer.curve), stage):
                        break
            except EnoughError:
                pass
    if not len(stage.pool):
        # Ended in the first unit: these networks have learned nothing, but there are some.
        untaught = initial_population(shape, recipe.replicas, np.random.default_rng([seed, 0, 0]))
        stage = replace(stage, pool=fresh_pool(untaught))
    return population_at(stage, shape, choice, time.perf_counter() - started)
