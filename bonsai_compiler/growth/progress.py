"""What growth tells while it runs, and what it yields."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bonsai_compiler.growth.log import Row
from bonsai_compiler.networks.network import Network


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
    is steps a second, judging included. `history` has the whole way here, if it is told anew each
    time; else `curve` has points on the way from the last time, and `since` is the phase that they
    belong to.
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
    since: str = ""
    curve: tuple[Point, ...] = ()
    history: tuple[Row, ...] = ()


@dataclass(frozen=True, eq=False)
class Population:
    """What a run yields: pruned networks first, then those that they were pruned from.

    From the place `earlier` on follow networks as they were while they were pruned.

    `mistakes`, `weights` and `losses` are (networks,): the share of wrong signs on the sequences
    that judge (1.0 where a number overflowed), how many weights are left, and the last mean squared
    error. `solved` replicas learned the task, and `resets` were
    replaced since their numbers overflowed; `replicas` are how many there were in all, None for
    as many as the recipe has.
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
    replicas: int | None = None
