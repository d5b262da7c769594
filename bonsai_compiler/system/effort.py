"""How much may be done: work that is counted, so that it ends alike on every machine."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

from bonsai_compiler.system.deadline import NEVER


class Stop(Protocol):
    """Says when something has to end."""

    @property
    def passed(self) -> bool:
        """Whether it has to end now."""
        ...


@dataclass(slots=True)
class Effort:
    """So much work, `most`, in numbers that are computed; over once it is spent, or `stop` is.

    `stop` is a moment, or a larger effort: what is spent of a part is spent of the whole too.
    """

    most: float = math.inf
    stop: Stop = NEVER
    spent: float = 0.0

    @property
    def passed(self) -> bool:
        """Whether it is over."""
        return self.spent >= self.most or self.stop.passed

    def spend(self, work: float) -> None:
        """Count work that was done."""
        self.spent += work
        if isinstance(self.stop, Effort):
            self.stop.spend(work)

    def part(self, most: float) -> Effort:
        """Return a part of it, of so much work."""
        return Effort(most, self)
