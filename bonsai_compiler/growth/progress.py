"""What growth tells while it runs, and what it yields."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bonsai_compiler.growth.log import Row
from bonsai_compiler.networks.network import Network


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands: the last of some rows, which are the whole way here.

    `pace` is steps a second, judging included.
    """

    rows: tuple[Row, ...]
    pace: float

    @property
    def row(self) -> Row:
        """Where the run stands."""
        return self.rows[-1]


@dataclass(frozen=True, eq=False)
class Population:
    """What a run yields: the best networks first.

    `mistakes` and `weights` are (networks,): the share of wrong signs on what judges (1.0 where a
    number overflowed), and how many weights are left. Of `replicas` in all so many `solved` the
    task, and the numbers of `resets` overflowed.
    """

    networks: tuple[Network, ...]
    mistakes: npt.NDArray[np.float64]
    weights: npt.NDArray[np.int64]
    solved: int
    resets: int
    steps: int
    seconds: float
    engine: str
    device: str
    warning: str | None
    replicas: int
