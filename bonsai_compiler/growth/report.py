"""What growth tells while it runs, and what it yields."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bonsai_compiler.network import Network


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a training run stands; losses and regularisation are over the replicas."""

    step: int
    steps: int
    best_loss: float
    median_loss: float
    regularisation: float
    solved: int
    replicas: int
    seconds: float


@dataclass(frozen=True, eq=False)
class Population:
    """All replicas of a training run, solved or not.

    `mistakes`, `losses` and `regularisation` are (replicas,): the share of wrong signs on fresh
    sequences longer than the training ones, the last mean squared error, and the last value of
    the sparsity regulariser. A replica whose numbers overflowed has only mistakes (1.0).
    """

    networks: tuple[Network, ...]
    mistakes: npt.NDArray[np.float64]
    losses: npt.NDArray[np.float64]
    regularisation: npt.NDArray[np.float64]
    seconds: float
    engine: str
    device: str
    warning: str | None

    @property
    def solved(self) -> int:
        """How many replicas made no mistake."""
        return int((self.mistakes == 0).sum())
