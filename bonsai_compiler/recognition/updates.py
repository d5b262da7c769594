"""What letters do to a value: add to it, set it, raise it or lower it; and where it ends."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Update:
    """Add an amount (0 holds the value), set the value to it, or raise or lower the value to it."""

    kind: Literal["add", "set", "raise", "lower"]
    amount: int


HOLD = Update("add", 0)


@dataclass(frozen=True, slots=True)
class Track:
    """The values 0 to `size` - 1, and what becomes of a sum that is beyond them.

    It goes `round`, or `back` to one value where that is given, else it is held to the nearest.
    What is added is added to `factor` times the value. The highest value `stays`, whatever comes.
    """

    size: int
    round: bool = False
    factor: int = 1
    stays: bool = False
    back: int | None = None

    @property
    def top(self) -> int:
        """The highest value."""
        return self.size - 1

    def apply(self, update: Update, values: Numbers) -> Numbers:
        """Return what an update makes of values."""
        updated = self._updated(update, values)
        return np.where(values == self.top, self.top, updated) if self.stays else updated

    def _updated(self, update: Update, values: Numbers) -> Numbers:
        match update.kind:
            case "set":
                return np.full_like(values, update.amount)
            case "raise":
                return np.maximum(values, update.amount)
            case "lower":
                return np.minimum(values, update.amount)
            case "add":
                total = self.factor * values + update.amount
                if self.back is not None:
                    return np.where(total > self.top, self.back, total)
                return total % self.size if self.round else np.clip(total, 0, self.top)
