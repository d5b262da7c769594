"""The sequences that judge a population."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bonsai_compiler.specification.machine import Machine
from bonsai_compiler.training.pool import Figures
from bonsai_compiler.training.sampling import (
    Examples,
    Sequences,
    all_sequences,
    draw_sequences,
    take,
)

# Without a horizon so many sequences judge, so many times longer than those of training.
JUDGED_BATCH, JUDGED_LENGTH = 256, 3
# All sequences up to a horizon judge where they are few, else so many of them, or fewer that are so
# many ticks in all: a rare one that goes wrong is not met by chance, and pruning would take
# whatever it alone needs. They are drawn anew each time, since what is right on a thousand that
# stay the same need not be right on others.
JUDGED_SOME, JUDGED_TICKS = 2**13, 2**17
# They are run in parts of so many sequences, or of so many outputs of each replica, so that these
# need not fit into memory all together.
PART, PART_OUTPUTS = 2**12, 2**17

Outputs = Callable[[npt.NDArray[np.float32]], npt.NDArray[np.float32]]
"""Takes x (sequences, ticks, inputs) to what a population outputs, (replicas, sequences, ...)."""


@dataclass(frozen=True, eq=False)
class Judging:
    """x (sequences, ticks, inputs) and y (sequences, ticks, outputs), run some at a time."""

    x: npt.NDArray[np.float32]
    y: npt.NDArray[np.float32]

    @property
    def size(self) -> int:
        """How many sequences are run at a time."""
        return max(1, min(PART, len(self.y), PART_OUTPUTS // int(self.y[0].size)))

    def judged(self, outputs: Outputs) -> Figures:
        """Return (replicas,): the share of wrong signs, 1.0 for one whose numbers overflowed."""
        wrong, finite = [], []
        for first in range(0, len(self.x), self.size):
            x, y = (side[first : first + self.size] for side in (self.x, self.y))
            # All parts have one size, for which the device's program is made.
            told = outputs(np.concatenate([x, self.x[: self.size - len(x)]]))[:, : len(y)]
            wrong.append((((told > 0) != (y > 0)) & (y != 0)).sum((1, 2, 3)))
            finite.append(np.isfinite(told).all((1, 2, 3)))
        share = np.sum(wrong, axis=0) / max(1, np.count_nonzero(self.y))
        return np.where(np.all(finite, axis=0), share, 1.0)


Judges = Callable[[np.random.Generator], Judging]
"""Gives the sequences that judge a population."""


def judging(
    source: Machine | Examples, rng: np.random.Generator, ticks: int, chance: Mapping[str, float]
) -> Judges:
    """Return what gives the sequences that judge what was trained on `ticks` ticks.

    They are all sequences up to the horizon where there is one and they are few; fresh ones each
    time where they are many; else the same ones every time, longer than those of training.
    """
    if not isinstance(source, Machine) or source.horizon is None:
        endless = Judging(*draw_sequences(source, rng, JUDGED_BATCH, JUDGED_LENGTH * ticks, chance))
        return lambda rng: endless
    chosen = all_sequences(source)
    if chosen is not None:
        every = Judging(*followed(source, chosen))
        return lambda rng: every
    machine, horizon = source, source.horizon
    some = max(JUDGED_BATCH, min(JUDGED_SOME, JUDGED_TICKS // horizon))
    return lambda rng: Judging(*draw_sequences(machine, rng, some, horizon, chance))


def followed(machine: Machine, chosen: npt.NDArray[np.int64]) -> Sequences:
    """Return x and y of walks that take the letters `chosen` (batch, ticks) as far as they may."""
    batch, ticks = chosen.shape
    state, ended = np.zeros(batch, np.int64), np.zeros(batch, bool)
    y = np.empty((batch, ticks, len(machine.outputs)), np.float32)
    for tick, letter in enumerate(chosen.T):
        y[:, tick], state, ended = take(machine, state, ended, letter)
    return (machine.letters[chosen] * 2.0 - 1.0).astype(np.float32), y
