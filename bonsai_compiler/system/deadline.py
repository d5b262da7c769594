"""When work has to end: a moment that is handed down."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment on a clock; searches that are given one end soon after it with the best so far."""

    at: float = math.inf
    clock: Callable[[], float] = time.monotonic

    @property
    def passed(self) -> bool:
        """Whether the moment is over."""
        return self.clock() >= self.at

    def within(self, share: float) -> Deadline:
        """Return the moment at which this share of the time from now on is over."""
        now = self.clock()
        return replace(self, at=now + share * max(0.0, self.at - now))

    def extended(self, seconds: float) -> Deadline:
        """Return the moment, or a later one that is so many seconds away."""
        return replace(self, at=max(self.at, self.clock() + seconds))

    def soon(self, seconds: float) -> Deadline:
        """Return the moment, or an earlier one that is so many seconds away."""
        return replace(self, at=min(self.at, self.clock() + seconds))


NEVER = Deadline()
"""As long as it takes."""
