"""grow(): train replicas until some are right, then prune those; in units that can be resumed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from tinygrad.helpers import Context

from bonsai_compiler.devices.choice import Choice, choose_engine
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.growth.log import Row
from bonsai_compiler.growth.progress import Population, Progress
from bonsai_compiler.specification.machine import Machine, minimized
from bonsai_compiler.training import pruning
from bonsai_compiler.training.pool import Stage, fresh_pool
from bonsai_compiler.training.recipe import Recipe
from bonsai_compiler.training.sampling import Examples
from bonsai_compiler.training.shape import Shape, initial_population, to_network
from bonsai_compiler.training.trainer import Point, Trainer, point_at
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
    stage: Stage | None = None,
    report: Report = go_on,
    pause: Callable[[Stage], bool] = go_on,
) -> Population:
    """Return the population that `recipe` grows for a task, evaluated on `sampling.evaluations`.

    `engine` is kernel, tensor or auto; `device` a name of tinygrad's, or None for the best. The
    same seed, recipe and device give the same weights, also when `stage` is where an earlier run
    stood. After each unit of work `report` is told, and `pause` before the first and in the middle
    of each; growing ends when either answers False. Raises BonsaiError for an engine or device that
    is not there, and for a task's examples that are no sequences.
    """
    started = time.perf_counter()
    choice = choose_engine(engine, device)
    if isinstance(source, Machine):
        source = minimized(source)
    shape = recipe.shape(source)
    stage = stage or first_stage(shape)
    if stage.pool.parameters.shape[1] != shape.parameters:
        raise BonsaiError("the checkpoint is of networks of another shape; start anew")
    # No pool of compiling processes: started for a dozen small kernels, it takes longer than they.
    with Context(DEV=choice.device.split(":")[0], PARALLEL=0, TRAINING=1):

        def paused(midway: Stage) -> None:
            if not pause(midway):
                raise EnoughError

        if stage.phase != "done" and pause(stage):
            trainer = Trainer(choice, shape, source, recipe, seed, dict(chance or {}))
            units = Units(trainer, shape, recipe, seed, paused)
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


def progress_at(
    stage: Stage, shape: Shape, pace: float, since: Stage, curve: Sequence[Point]
) -> Progress:
    """Return where a run stands, and the points from the stage `since` to here.

    On the way nothing was judged, so that what was found before stands for it.
    """
    before = row_at(since, shape)
    way = (
        replace(
            before,
            step=since.steps + step,
            loss=loss,
            median_loss=median,
            regularisation=regularisation,
        )
        for step, loss, median, regularisation in curve
    )
    return Progress((*way, row_at(stage, shape)), pace)


def row_at(stage: Stage, shape: Shape) -> Row:
    """Return the figures of a stage."""
    pool = stage.pool
    _, loss, median, regularisation = point_at(stage.steps, pool.losses, pool.regularisation)
    counts = pruning.weights(shape, pruning.weighty(shape, pool))[pool.right]
    return Row(
        rung=0,
        phase=stage.phase,
        step=stage.steps,
        loss=loss,
        median_loss=median,
        regularisation=regularisation,
        mistakes=float(pool.mistakes.min(initial=1.0)),
        solved=stage.solved,
        weights=int(counts.min()) if len(counts) else None,
    )


def population_at(stage: Stage, shape: Shape, choice: Choice, seconds: float) -> Population:
    """Return the networks of a run that ended in this stage after so many seconds."""
    pruned = stage.pool.take(np.argsort(pruning.weights(shape, pruning.weighty(shape, stage.pool))))
    everything = pruned.joined(stage.grown).joined(stage.earlier)
    return Population(
        networks=tuple(to_network(shape, row) for row in everything.parameters),
        earlier=len(pruned) + len(stage.grown),
        mistakes=everything.mistakes,
        weights=pruning.weights(shape, pruning.weighty(shape, everything)),
        losses=everything.losses,
        solved=stage.solved,
        resets=stage.resets,
        steps=stage.steps,
        seconds=seconds,
        engine=choice.engine,
        device=choice.description,
        warning=choice.warning,
    )
