"""Where a run through time stands, and what it yields."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bonsai_compiler.devices.choice import Choice
from bonsai_compiler.growth.progress import Point, Population, Progress
from bonsai_compiler.training import pruning
from bonsai_compiler.training.pool import Figures, Stage
from bonsai_compiler.training.shape import Shape, to_network


def point_at(step: int, losses: Figures, regularisation: Figures) -> Point:
    """Return the figures of a step, of all replicas whose numbers have not overflowed."""
    finite = losses[np.isfinite(losses)]
    return Point(
        step,
        float(finite.min(initial=np.inf)),
        float(np.median(finite)) if len(finite) else np.inf,
        float(np.median(regularisation)),
    )


def progress_at(
    stage: Stage, shape: Shape, pace: float, since: Stage, curve: Sequence[Point]
) -> Progress:
    """Return where a run stands, and the points from the stage `since` to here."""
    pool = stage.pool
    here = point_at(stage.steps, pool.losses, pool.regularisation)
    counts = pruning.weights(shape, pruning.weighty(shape, pool))[pool.right]
    return Progress(
        phase=stage.phase,
        step=stage.steps,
        best_loss=here.best_loss,
        median_loss=here.median_loss,
        regularisation=here.regularisation,
        solved=stage.solved,
        mistakes=float(pool.mistakes.min(initial=1.0)),
        weights=int(counts.min()) if len(counts) else None,
        pace=pace,
        since=since.phase,
        curve=tuple(replace(point, step=since.steps + point.step) for point in curve),
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
