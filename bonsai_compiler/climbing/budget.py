"""How long growing may take."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bonsai_compiler.climbing.settings import Settings
from bonsai_compiler.specification.machine import Machine

if TYPE_CHECKING:
    from bonsai_compiler.growth import Examples

SECONDS = 50.0
"""The default budget for a machine of up to SIZED states; larger ones get more in proportion."""

SIZED = 16

OVERDRAFT = 2.0
"""How many times its default budget a hopeful climb may take."""

HOPEFUL = 0.03
"""The share of wrong signs that counts as progress: a rung that came so far may overdraw."""


@dataclass(frozen=True, slots=True)
class Budget:
    """How long a climb may take; a default budget may be overdrawn while progress is visible."""

    seconds: float
    overdraft: float

    def limit(self, *, hopeful: bool) -> float:
        """Return the seconds after which growing stops."""
        return self.seconds * (self.overdraft if hopeful else 1.0)


def budget_for(source: "Machine | Examples", settings: Settings) -> Budget:
    """Return the user's budget, which is never overdrawn, or one that fits the machine."""
    if settings.budget is not None:
        return Budget(settings.budget, 1.0)
    states = source.minimal_size if isinstance(source, Machine) else SIZED
    return Budget(SECONDS * max(1.0, states / SIZED), OVERDRAFT)
