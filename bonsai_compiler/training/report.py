"""What growth tells while it runs, and what it yields."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from bonsai_compiler.networks.network import Network
from bonsai_compiler.training import pruning
from bonsai_compiler.training.choice import Choice
from bonsai_compiler.training.pool import Figures, Stage
from bonsai_compiler.training.shape import Shape, to_network


@dataclass(frozen=True, slots=True)
class Point:
    """The figures of one step: the best and the median loss, and the median regularisation."""

    step: int
    best_loss: float
    median_loss: float
    regularisation: float


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands; the losses and the regularisation are over its networks.

    `weights` are the fewest of a right network, `mistakes` the least share of wrong signs; `pace`
    is steps a second, judging included. `curve` has points on the way here, and `since` is the
    phase that they belong to.
    """

    phase: str
    step: int
    best_loss: float
    median_loss: float
    regularisation: float
    solved: int
    mistakes: float
    weights: int | None
    pace: float
    since: str
    curve: tuple[Point, ...]


@dataclass(frozen=True, eq=False)
class Population:
    """What a run yields: pruned networks first, then those that they were pruned from.

    From the place `earlier` on follow networks as they were while they were pruned.

    `mistakes`, `weights` and `losses` are (networks,): the share of wrong signs on the sequences
    that judge (1.0 where a number overflowed), how many weights are left, and the last mean squared
    error. `solved` replicas learned the task, and `resets` were
    replaced since their numbers overflowed.
    """

    networks: tuple[Network, ...]
    earlier: int
    mistakes: npt.NDArray[np.float64]
    weights: npt.NDArray[np.int64]
    losses: npt.NDArray[np.float64]
    solved: int
    resets: int
    steps: int
    seconds: float
    engine: str
    device: str
    warning: str | None


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
