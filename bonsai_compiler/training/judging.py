"""The sequences that judge a population, and those of them that teach it: what it got wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bonsai_compiler.specification.machine import Machine
from bonsai_compiler.training.pool import Figures
from bonsai_compiler.training.sampling import (
    Examples,
    Missed,
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
# What the better networks got wrong last is kept in mind, so many sequences at most.
KEPT, ADDED = 2048, 512
# The better networks: one in so many.
BETTER = 4

Outputs = Callable[[npt.NDArray[np.float32]], npt.NDArray[np.float32]]
"""Takes x (sequences, ticks, inputs) to what a population outputs, (replicas, sequences, ...)."""


@dataclass(frozen=True, eq=False)
class Judging:
    """x (sequences, ticks, inputs) and y (sequences, ticks, outputs), run `size` at a time.

    Up to a horizon they have `letters` (sequences, ticks) and teach too: there they are of what
    will be proved, and not of sequences without end.
    """

    x: npt.NDArray[np.float32]
    y: npt.NDArray[np.float32]
    size: int
    letters: npt.NDArray[np.int64] | None = None

    def judged(
        self, outputs: Outputs, missed: Missed, rng: np.random.Generator
    ) -> tuple[Figures, Missed]:
        """Return (replicas,), the share of wrong signs, and what to keep in mind from now on.

        The share is 1.0 for a replica whose numbers overflowed.
        """
        wrong, finite, failing = [], [], []
        for first in range(0, len(self.x), self.size):
            x, y = (side[first : first + self.size] for side in (self.x, self.y))
            # All parts have one size, for which the device's program is made.
            told = outputs(np.concatenate([x, self.x[: self.size - len(x)]]))[:, : len(y)]
            mistaken = ((told > 0) != (y > 0)) & (y != 0)
            wrong.append(mistaken.sum((1, 2, 3)))
            finite.append(np.isfinite(told).all((1, 2, 3)))
            failing.append(mistaken.any((2, 3)))
        share = np.sum(wrong, axis=0) / max(1, np.count_nonzero(self.y))
        mistakes = np.where(np.all(finite, axis=0), share, 1.0)
        if self.letters is None:
            return mistakes, missed
        better = np.argsort(mistakes, kind="stable")[: max(1, len(mistakes) // BETTER)]
        rows = np.flatnonzero(np.concatenate(failing, axis=1)[better].any(axis=0))
        fresh = self.letters[rng.permutation(rows)[:ADDED]]
        return mistakes, np.concatenate([missed.reshape(-1, fresh.shape[1]), fresh])[-KEPT:]


Judges = Callable[[Missed, np.random.Generator], Judging]
"""Gives the sequences that judge a population which learned from what was missed before."""


def judging(
    source: Machine | Examples,
    rng: np.random.Generator,
    ticks: int,
    chance: Mapping[str, float],
) -> Judges:
    """Return what gives the sequences that judge what was trained on `ticks` ticks.

    They are all sequences up to the horizon where there is one and they are few; fresh ones each
    time, with those missed before, where they are many; else the same ones every time, longer than
    those of training.
    """
    if not isinstance(source, Machine) or source.horizon is None:
        x, y = draw_sequences(source, rng, JUDGED_BATCH, JUDGED_LENGTH * ticks, chance)
        endless = Judging(x, y, part_size(y))
        return lambda missed, rng: endless
    chosen = all_sequences(source)
    if chosen is not None:
        x, y = followed(source, chosen)
        every = Judging(x, y, part_size(y), chosen)
        return lambda missed, rng: every
    machine, horizon = source, source.horizon
    some = max(JUDGED_BATCH, min(JUDGED_SOME, JUDGED_TICKS // horizon))

    def drawn(missed: Missed, rng: np.random.Generator) -> Judging:
        x, y = draw_sequences(machine, rng, some, horizon, chance)
        signs = x.reshape(-1, x.shape[2]) > 0
        letters = machine.input_signals.letter(signs).reshape(x.shape[:2])
        known = missed.reshape(-1, horizon)
        other_x, other_y = followed(machine, known)
        return Judging(
            np.concatenate([x, other_x]),
            np.concatenate([y, other_y]),
            part_size(y),
            np.concatenate([letters, known]),
        )

    return drawn


def part_size(y: npt.NDArray[np.float32]) -> int:
    """Return how many of sequences that ask for y (sequences, ticks, outputs) are run at a time."""
    return max(1, min(PART, len(y), PART_OUTPUTS // int(y[0].size)))


def followed(machine: Machine, chosen: npt.NDArray[np.int64]) -> Sequences:
    """Return x and y of walks that take the letters `chosen` (batch, ticks) as far as they may."""
    batch, ticks = chosen.shape
    state, ended = np.zeros(batch, np.int64), np.zeros(batch, bool)
    y = np.empty((batch, ticks, len(machine.outputs)), np.float32)
    for tick, letter in enumerate(chosen.T):
        y[:, tick], state, ended = take(machine, state, ended, letter)
    return (machine.letters[chosen] * 2.0 - 1.0).astype(np.float32), y
