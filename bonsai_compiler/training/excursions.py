"""Excursions: short sequences that begin in any state of a machine, every pair in its turn.

Errors over long sequences say little about what to mend. One tick from each state says it all: the
network shall give the right output and go where the right state is kept. So each state of the
machine has a code, a state of the network that is trained along with it; excursions begin in
codes, and after each tick the network's state is held against the code where it should be.
Source: multiple shooting for boundary value problems (Bock and Plitt, 1984), with a network for
the dynamics and codes for the knots.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bonsai_compiler.specification.machine import Machine
from bonsai_compiler.training.sampling import letter_odds, take, tossed


class Excursions(NamedTuple):
    """x (batch, ticks, inputs), y (batch, ticks, outputs), and the machine's states.

    `places` is (batch, ticks + 1): the state before each tick and the one after the last; -1
    past the end of a sequence, where y asks for nothing either.
    """

    x: npt.NDArray[np.float32]
    y: npt.NDArray[np.float32]
    places: npt.NDArray[np.int32]

    def with_walks(
        self,
        x: npt.NDArray[np.float32],
        y: npt.NDArray[np.float32],
        rows: npt.NDArray[np.int64],
    ) -> "Excursions":
        """Return the excursions with walks from the start in these rows, padded as they are."""
        padded = Excursions(self.x.copy(), self.y.copy(), self.places.copy())
        for part, walks in ((padded.x, x), (padded.y, y)):
            part[rows] = 0.0
            part[rows, : walks.shape[1]] = walks
        padded.places[rows] = -1
        padded.places[rows, 0] = 0
        return padded

    def freed(self) -> "Excursions":
        """Return the excursions with no state asked for but the one that they begin in."""
        places = self.places.copy()
        places[:, 1:] = -1
        return self._replace(places=places)


def excursions(
    machine: Machine,
    rng: np.random.Generator,
    batch: int,
    ticks: int,
    length: int,
    chance: Mapping[str, float],
) -> Excursions:
    """Return sequences of `length` ticks, padded to `ticks`.

    The first (state, letter) pairs are all legal ones in turn, so that none is seen more often
    than another by more than one; the letters that follow are tossed. Where the task gives a
    `chance`, it weighs all letters.
    """
    odds = (letter_odds(machine, chance) * machine.legal).astype(float)
    odds /= np.maximum(odds.sum(1, keepdims=True), 1e-12)
    state, letter = _first_pairs(machine, rng, batch, odds if chance else None)
    letters = machine.letters * 2.0 - 1.0
    heaps = np.ascontiguousarray(odds.cumsum(1).T)
    x = np.zeros((batch, ticks, len(machine.inputs)), np.float32)
    y = np.zeros((batch, ticks, len(machine.outputs)), np.float32)
    places = np.full((batch, ticks + 1), -1, np.int32)
    places[:, 0] = state
    ended = np.zeros(batch, bool)
    for tick in range(length):
        if tick:
            letter = tossed(heaps[:, state], rng.random(batch))
        x[:, tick] = letters[letter]
        y[:, tick], state, ended = take(machine, state, ended, letter)
        places[:, tick + 1] = np.where(ended, -1, state)
    return Excursions(x, y, places)


def _first_pairs(
    machine: Machine, rng: np.random.Generator, batch: int, odds: npt.NDArray[np.float64] | None
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return `batch` legal (state, letter) pairs, each in its turn, or letters by `odds`."""
    pairs = np.argwhere(machine.legal)
    if odds is None:
        rounds = -(-batch // len(pairs))
        order = np.concatenate([rng.permutation(len(pairs)) for _ in range(rounds)])[:batch]
    else:
        order = rng.choice(len(pairs), batch, p=odds[tuple(pairs.T)] / odds[tuple(pairs.T)].sum())
    return pairs[order, 0], pairs[order, 1]
