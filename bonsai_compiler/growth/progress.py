"""What growth tells while it runs, and what it yields."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bonsai_compiler.growth.log import Row
from bonsai_compiler.networks.network import Network


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands: the last of some rows, all of rung 0.

    They are the `whole` way here, or else what came since the last time; `pace` is steps a second,
    judging included.
    """

    rows: tuple[Row, ...]
    pace: float
    whole: bool = False

    @property
    def row(self) -> Row:
        """Where the run stands."""
        return self.rows[-1]


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
