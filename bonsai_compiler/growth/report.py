"""What growth tells while it runs, and what it yields."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bonsai_compiler.growth import pruning
from bonsai_compiler.growth.choice import Choice
from bonsai_compiler.growth.pool import Stage
from bonsai_compiler.growth.shape import Shape, to_network
from bonsai_compiler.network import Network


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands; the losses and the regularisation are over its networks.

    `weights` are the fewest of a right network, `mistakes` the least share of wrong signs; `pace`
    is steps a second, judging included.
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


@dataclass(frozen=True, eq=False)
class Population:
    """What a run yields: pruned networks first, then those that they were pruned from.

    `mistakes`, `weights` and `losses` are (networks,): the share of wrong signs on fresh
    sequences longer than the training ones (1.0 where a number overflowed), how many weights are
    left, and the last mean squared error. `solved` replicas learned the task, and `resets` were
    replaced since their numbers overflowed.
    """

    networks: tuple[Network, ...]
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


def progress_at(stage: Stage, shape: Shape, pace: float) -> Progress:
    """Return where a run stands."""
    pool = stage.pool
    counts = pruning.weights(shape, pruning.weighty(shape, pool))[pool.right]
    finite = pool.losses[np.isfinite(pool.losses)]
    return Progress(
        phase=stage.phase,
        step=stage.steps,
        best_loss=float(finite.min(initial=np.inf)),
        median_loss=float(np.median(finite)) if len(finite) else np.inf,
        regularisation=float(np.median(pool.regularisation)),
        solved=stage.solved,
        mistakes=float(pool.mistakes.min(initial=1.0)),
        weights=int(counts.min()) if len(counts) else None,
        pace=pace,
    )


def population_at(stage: Stage, shape: Shape, choice: Choice, seconds: float) -> Population:
    """Return the networks of a run that ended in this stage after so many seconds."""
    pruned = stage.pool.take(np.argsort(pruning.weights(shape, pruning.weighty(shape, stage.pool))))
    everything = pruned.joined(stage.grown)
    return Population(
        networks=tuple(to_network(shape, row) for row in everything.parameters),
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
