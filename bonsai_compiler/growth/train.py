"""grow(): sow replicas until some are right, then prune those; in units that can be resumed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
from tinygrad.helpers import Context

from bonsai_compiler.growth.choice import choose_engine
from bonsai_compiler.growth.memory import remembered
from bonsai_compiler.growth.pool import Stage
from bonsai_compiler.growth.recipe import Recipe
from bonsai_compiler.growth.rehearsal import rehearsed, unfolded
from bonsai_compiler.growth.report import Population, Progress, population_at, progress_at
from bonsai_compiler.growth.sampling import Examples, Lessons
from bonsai_compiler.growth.shape import initial_population
from bonsai_compiler.growth.trainer import Trainer
from bonsai_compiler.growth.units import Units, first_stage
from bonsai_compiler.specification.machine import Machine, minimized

Report = Callable[[Progress, Stage], bool]


def go_on(_progress: Progress, _stage: Stage) -> bool:
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
) -> Population:
    """Return the population that `recipe` grows for a task, judged as `judging.py` tells.

    `engine` is kernel, tensor or auto; `device` a name of tinygrad's, or None for the best. The
    same seed, recipe and device give the same weights, also when `stage` is where an earlier run
    stood. After each unit of work `report` is told, and growing ends when it answers False.
    `lessons` are sequences to be trained on above all. Raises BonsaiError for an engine or device
    that is not there, and for a task's examples that are no sequences.
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
    # No pool of compiling processes: started for a dozen small kernels, it takes longer than they.
    with Context(DEV=choice.device.split(":")[0], PARALLEL=0, TRAINING=1):
        trainer = Trainer(choice, shape, source, recipe, seed, dict(chance or {}), lessons)
        codes = remembered(source) if isinstance(source, Machine) and shape.starts > 1 else None

        def sown(rng: np.random.Generator) -> npt.NDArray[np.float32]:
            if rehearsing:
                return rehearsed(choice, rehearsing, recipe, shape, rng)
            return initial_population(shape, recipe.replicas, rng, codes)

        units = Units(trainer, shape, recipe, seed, sown)
        stage = stage or first_stage(shape)
        while stage.phase != "done":
            since, begun = stage, time.perf_counter()
            stage = units.unit(stage)
            pace = (stage.steps - since.steps) / (time.perf_counter() - begun)
            if not report(progress_at(stage, shape, pace, since, trainer.curve), stage):
                break
    return population_at(stage, shape, choice, time.perf_counter() - started)
