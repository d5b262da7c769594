"""The sequences that judge a population, and those of them that teach it: what it got wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bonsai_compiler.growth.pool import Figures
from bonsai_compiler.growth.sampling import (
    Examples,
    Lessons,
    Sequences,
    all_sequences,
    draw_sequences,
    take,
)
from bonsai_compiler.specification.machine import Machine

# Without a horizon so many sequences judge, so many times longer than those of training.
JUDGED_BATCH, JUDGED_LENGTH = 256, 3
# All sequences up to a horizon judge where they are few, else so many of them, or fewer that are so
# many ticks in all: a rare one that goes wrong is not met by chance, and pruning would take
# whatever it alone needs.
JUDGED_SOME, JUDGED_TICKS = 2**13, 2**17
# They are run in parts of so many sequences, or of so many outputs of each replica, so that these
# need not fit into memory all together.
PART, PART_OUTPUTS = 2**12, 2**17
# What the better networks got wrong last is kept in mind, so many sequences at most.
KEPT, ADDED = 2048, 512
# The better networks: one in so many.
BETTER = 4

Missed = npt.NDArray[np.int64]
"""Numbers of judging sequences that networks got wrong, the latest last."""

NOTHING_MISSED: Missed = np.zeros(0, np.int64)

Outputs = Callable[[npt.NDArray[np.float32]], npt.NDArray[np.float32]]
"""Takes x (sequences, ticks, inputs) to what a population outputs, (replicas, sequences, ...)."""


@dataclass(frozen=True, eq=False)
class Judging:
    """x (sequences, ticks, inputs), y (sequences, ticks, outputs), and whether they teach too.

    They teach up to a horizon: there they are drawn from what will be proved, and not from
    sequences without end.
    """

    x: npt.NDArray[np.float32]
    y: npt.NDArray[np.float32]
    letters: npt.NDArray[np.int64] | None = None

    @property
    def size(self) -> int:
        """How many sequences there are in a part."""
        return max(1, min(PART, len(self.x), PART_OUTPUTS // int(self.y[0].size)))

    def parts(self) -> Iterator[slice]:
        """Yield the sequences a part at a time; the last may reach past their end."""
        size = self.size
        for first in range(0, len(self.x), size):
            yield slice(first, first + size)

    def judged(
        self, outputs: Outputs, missed: Missed, rng: np.random.Generator
    ) -> tuple[Figures, Missed]:
        """Return (replicas,), the share of wrong signs, and what to keep in mind from now on.

        The share is 1.0 for a replica whose numbers overflowed.
        """
        wrong, finite, failing = [], [], []
        for part in self.parts():
            x, y = self.x[part], self.y[part]
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
        fresh = rng.permutation(rows)[:ADDED]
        return mistakes, np.concatenate([missed, fresh])[-KEPT:]

    def lessons(self, missed: Missed) -> Lessons:
        """Return the letters of sequences by their numbers."""
        return () if self.letters is None else tuple(map(tuple, self.letters[missed].tolist()))


def judging(
    source: Machine | Examples,
    rng: np.random.Generator,
    ticks: int,
    chance: Mapping[str, float],
    lessons: Lessons,
) -> Judging:
    """Return the sequences that judge what was trained on `ticks` ticks.

    They are all sequences up to the horizon where there is one and they are few, else fresh
    ones, as long as the horizon or longer than those of training.
    """
    if not isinstance(source, Machine) or source.horizon is None:
        drawn = draw_sequences(source, rng, JUDGED_BATCH, JUDGED_LENGTH * ticks, chance, lessons)
        return Judging(*drawn)
    chosen = all_sequences(source)
    if chosen is not None:
        return Judging(*followed(source, chosen), chosen)
    some = max(JUDGED_BATCH, min(JUDGED_SOME, JUDGED_TICKS // source.horizon))
    x, y = draw_sequences(source, rng, some, source.horizon, chance, lessons)
    signs = x.reshape(-1, x.shape[2]) > 0
    return Judging(x, y, source.given.letter(signs).reshape(x.shape[:2]))


def followed(machine: Machine, chosen: npt.NDArray[np.int64]) -> Sequences:
    """Return x and y of walks that take the letters `chosen` (batch, ticks) as far as they may."""
    batch, ticks = chosen.shape
    state, ended = np.zeros(batch, np.int64), np.zeros(batch, bool)
    y = np.empty((batch, ticks, len(machine.outputs)), np.float32)
    for tick, letter in enumerate(chosen.T):
        y[:, tick], state, ended = take(machine, state, ended, letter)
    return (machine.letters[chosen] * 2.0 - 1.0).astype(np.float32), y
