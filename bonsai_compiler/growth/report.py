"""What growth tells while it runs, and what it yields."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bonsai_compiler.network import Network


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands; the losses and the regularisation are over its networks.

    `done` is the share of the pruning that is done, `weights` the fewest of a right network, and
    `mistakes` the least share of wrong signs. `pace` is steps a second, judging included.
    """

    phase: str
    step: int
    done: float
    best_loss: float
    median_loss: float
    regularisation: float
    solved: int
    replicas: int
    resets: int
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
