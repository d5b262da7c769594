"""How long a run may take, and by which clock."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from bonsai_compiler.growth.recipe import Recipe
from bonsai_compiler.growth.sequences import Examples
from bonsai_compiler.schedule.settings import Settings
from bonsai_compiler.specification.machine import Machine
from bonsai_compiler.system.deadline import Deadline

SECONDS = 50.0
"""How long a machine of up to SIZED states is grown by default; larger ones in proportion."""

SIZED = 16

THROUGH_TIME = 2.0
"""How many times as long what learns through time has."""

OVERDRAFT = 2.0
"""How many times its default budget a hopeful search may take."""

WHOLE = 4.0
"""How many times its default budget a run may take in all, compiling included."""

GROWING = 0.6
"""The share of a user's budget after which growing ends, so that the rest is there to compile."""

LEFT = 0.2
"""The share of the whole that a run which goes on has left at least, to compile what it has."""

HOPEFUL = 0.03
"""The share of wrong rows that counts as progress: a search that came so far may overdraw."""


@dataclass(frozen=True, slots=True)
class Budget:
    """How long a search may take; a default budget may be overdrawn while progress is visible.

    `seconds` were asked for; growing ends after `growing`, and all that is done to a network after
    `whole`, both in seconds of `clock`.
    """

    seconds: float
    growing: float
    overdraft: float
    whole: float
    clock: Callable[[], float]

    def limit(self, *, hopeful: bool) -> float:
        """Return the seconds after which growing stops."""
        return self.growing * (self.overdraft if hopeful else 1.0)

    def deadline(self, spent: float) -> Deadline:
        """Return when the whole ends, so many seconds having been spent."""
        left = max(self.whole - spent, LEFT * self.whole)
        return Deadline(self.clock() + left, self.clock)


def budget_for(source: Machine | Examples, settings: Settings, recipe: Recipe) -> Budget:
    """Return the user's budget, of seconds that pass, or one that fits the machine.

    A default budget is of seconds of the processor: what else a machine is busy with then hardly
    decides whether a task is proved. It grows with the populations of a generation, so that it does
    not decide either whether these are grown here or elsewhere.
    """
    if settings.budget is not None:
        return Budget(
            settings.budget, GROWING * settings.budget, 1.0, settings.budget, time.monotonic
        )
    states = source.minimal_size if isinstance(source, Machine) else SIZED
    seconds = SECONDS * max(1.0, states / SIZED) * recipe.populations
    seconds *= THROUGH_TIME if recipe.ticks else 1.0
    return Budget(seconds, seconds, OVERDRAFT, WHOLE * seconds, time.process_time)
