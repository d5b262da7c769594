"""Signals: the values over ticks that a logic analyzer shows as one row each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

Value = bool | int | float | str | None
"""What a signal carries on a tick; None is a "don't care"."""

LEVEL_BITS = 64
"""Integers are levels as long as they fit into so many bits, the sign included."""


class Group(Enum):
    """What the signals of a trace belong to, in the order in which they are shown."""

    INPUTS = "inputs"
    STATES = "states"
    NEURONS = "neurons"
    OUTPUTS = "outputs"


class Kind(Enum):
    """How the values of a signal are drawn and written."""

    BIT = "bit"
    LEVEL = "level"
    REAL = "real"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Signal:
    """One value a tick; a `detail` is left out of tables and drawings unless all is asked for."""

    name: str
    group: Group
    values: tuple[Value, ...]
    detail: bool = False

    @property
    def kind(self) -> Kind:
        """What the values have in common: a bit is a bool, or -1.0 and 1.0 among neurons."""
        known = [value for value in self.values if value is not None]
        if all(isinstance(value, bool) for value in known):
            return Kind.BIT
        if any(isinstance(value, str) for value in known):
            return Kind.TEXT
        if all(isinstance(value, int) for value in known):
            return Kind.LEVEL
        return Kind.BIT if {*known} <= {-1.0, 1.0} else Kind.REAL


@dataclass(frozen=True, slots=True)
class Recording:
    """The signals of `name` over a number of ticks, inputs first and outputs last."""

    name: str
    ticks: int
    signals: tuple[Signal, ...]

    def shown(self, *, everything: bool) -> tuple[Signal, ...]:
        """Return the signals without details, or all of them."""
        return tuple(signal for signal in self.signals if everything or not signal.detail)


def is_high(value: Value) -> bool | None:
    """Return a bit's value as a bool; None where it does not matter."""
    return None if value is None else not isinstance(value, str) and value > 0


def by_group(signals: Sequence[Signal]) -> Iterator[tuple[Group, tuple[Signal, ...]]]:
    """Yield each group that is there with its signals."""
    for group in Group:
        members = tuple(signal for signal in signals if signal.group is group)
        if members:
            yield group, members
