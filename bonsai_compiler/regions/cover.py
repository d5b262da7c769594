"""Regions by a cover: small boxes made on demand, around what the network comes to.

A word is followed from a box until it stands inside one that is there, or in so small a set that a
new box around it promises to be left for smaller ones. A box from which that fails goes, and those
that relied on it are followed again; what is made in its place is half as large.
"""

import numpy as np

from bonsai_compiler.regions.certificate import ON, Certificate, advance, starts
from bonsai_compiler.regions.rounding import Floats
from bonsai_compiler.regions.zonotopes import AbstractNetwork, Numbers, Zonotopes, boxes
from bonsai_compiler.specification.machine import Machine
from bonsai_compiler.system.effort import Effort

ROOM = 0.6
"""What is at most so large as a share of the box that is to be made gets that box."""

BATCH = 64
"""How many boxes are followed side by side."""

MOST_REGIONS = 20_000
MOST_WORDS = 20_000
"""How many words may go on from a batch of boxes."""


class _Cover:
    """The boxes so far: those that count are `alive`; claims of those that were followed."""

    def __init__(self, network: AbstractNetwork, radius: Floats) -> None:
        width = len(network.start)
        self.states = np.zeros(0, dtype=np.int64)
        self.low, self.high = np.zeros((0, width)), np.zeros((0, width))
        self.level = np.zeros(0, dtype=np.int64)
        self.alive = np.zeros(0, dtype=bool)
        self.claims: list[tuple[Numbers, ...]] = []
        self.count = 0
        self.radius = radius

    def add(self, state: int, low: Floats, high: Floats, level: int) -> int:
        """Add a box, and return its number."""
        if self.count == len(self.states):
            more = max(256, self.count)
            self.states = np.concatenate([self.states, np.zeros(more, dtype=np.int64)])
            self.low = np.concatenate([self.low, np.zeros((more, self.low.shape[1]))])
            self.high = np.concatenate([self.high, np.zeros((more, self.low.shape[1]))])
            self.level = np.concatenate([self.level, np.zeros(more, dtype=np.int64)])
            self.alive = np.concatenate([self.alive, np.zeros(more, dtype=bool)])
        number = self.count
        self.states[number], self.level[number], self.alive[number] = state, level, True
        self.low[number], self.high[number] = low, high
        self.claims.append(())
        self.count += 1
        return number

    def holding(self, states: Numbers, low: Floats, high: Floats, since: int = 0) -> Numbers:
        """Return boxes, from number `since` on, each of which holds all between two points.

        `low` and `high` are (n, width), `states` (n,) the machine's; ON where none does.
        """
        found = np.full(len(states), ON)
        alive = since + np.flatnonzero(self.alive[since : self.count])
        for state in np.unique(states).tolist():
            rows, own = np.flatnonzero(states == state), alive[self.states[alive] == state]
            if not len(own):
                continue
            held = np.ones((len(rows), len(own)), dtype=bool)
            for place in range(low.shape[1]):
                held &= self.low[own, place] <= low[rows, place, None]
                held &= high[rows, place, None] <= self.high[own, place]
            met = held.any(axis=1)
            found[rows[met]] = own[held[met].argmax(axis=1)]
        return found

    def level_at(self, state: int, point: Floats) -> int:
        """Return how often boxes about a point have been halved."""
        part = slice(0, self.count)
        failed = ~self.alive[part] & (self.states[part] == state)
        failed &= (self.low[part] <= point).all(axis=1) & (point <= self.high[part]).all(axis=1)
        return int(self.level[part][failed].max(initial=-1)) + 1


def cover(
    network: AbstractNetwork,
    machine: Machine,
    radius: Floats,
    ticks: int,
    halvings: int,
    effort: Effort,
) -> Certificate | None:
    """Return regions of half-widths `radius` (width,) or a half, a quarter, ... of it.

    From each, words of at most so many ticks are followed. None where boxes would have to be
    halved more often than `halvings`, or are too many.
    """
    found = _Cover(network, radius)
    low, high = starts(network)
    # The start has a box of its own, as small as can be.
    found.add(0, low, high, halvings)
    waiting = [0]
    while waiting:
        if effort.passed or found.count > MOST_REGIONS:
            return None
        batch = np.array([number for number in waiting[-BATCH:] if found.alive[number]])
        del waiting[-BATCH:]
        if not len(batch):
            continue
        before = found.count
        failed = _followed(found, network, machine, batch, ticks, effort)
        if failed is None:
            return None
        waiting += range(before, found.count)
        for number in failed:
            if found.level[number] >= halvings:
                return None
            found.alive[number] = False
        if len(failed):
            gone = np.zeros(found.count, dtype=bool)
            gone[failed] = True
            waiting += [
                number
                for number in range(found.count)
                if found.alive[number]
                and any((gone[part[part >= 0]]).any() for part in found.claims[number])
            ]
    return _certificate(found)


def _followed(
    found: _Cover,
    network: AbstractNetwork,
    machine: Machine,
    batch: Numbers,
    ticks: int,
    effort: Effort,
) -> Numbers | None:
    """Follow boxes, adding those that are wanted; return the ones from which that failed."""
    sets, states = boxes(found.low[batch].T, found.high[batch].T), found.states[batch]
    origins = np.arange(len(batch))
    failed = np.zeros(len(batch), dtype=bool)
    parts: list[list[Numbers]] = [[] for _ in batch]
    for tick in range(ticks):
        if effort.passed:
            return None
        moved = advance(network, machine, sets, states)
        effort.spend(moved.work + found.count * len(moved.rows))
        origins = origins[moved.rows]
        failed[origins[~moved.right]] = True
        ends = _ends(found, moved.sets, moved.states, failed[origins])
        for place in range(len(batch)):
            parts[place].append(ends[origins == place])
        on = (ends == ON) & (moved.states >= 0)
        if tick == ticks - 1 or on.sum() > MOST_WORDS:
            failed[origins[on]] = True
            break
        on &= ~failed[origins]
        sets, states, origins = moved.sets.chosen(on), moved.states[on], origins[on]
        if not len(states):
            break
    for place, number in enumerate(batch):
        if not failed[place]:
            found.claims[number] = tuple(part for part in parts[place] if len(part))
    return batch[failed]


def _ends(found: _Cover, sets: Zonotopes, states: Numbers, skipped: np.ndarray) -> Numbers:
    """Return the box that each set ends in, one there was or a new one; ON for those that go on."""
    low, high = sets.low.T, sets.high.T
    half = (high - low) / 2
    ends = np.full(len(states), ON)
    asked = np.flatnonzero((states >= 0) & ~skipped)
    before = found.count
    ends[asked] = found.holding(states[asked], low[asked], high[asked])
    small = (half[asked] <= ROOM * found.radius).all(axis=1)
    for row in asked[small & (ends[asked] == ON)]:
        state, alone = int(states[row]), slice(row, row + 1)
        # Those before it may have made the box that holds it.
        ends[row] = found.holding(states[alone], low[alone], high[alone], before)[0]
        if ends[row] != ON:
            continue
        middle = (low[row] + high[row]) / 2
        level = found.level_at(state, middle)
        radius = found.radius / 2.0**level
        if (half[row] <= ROOM * radius).all():
            ends[row] = found.add(state, middle - radius, middle + radius, level)
    return ends


def _certificate(found: _Cover) -> Certificate:
    """Return the boxes that the first one leads to."""
    order, number = [0], {0: 0}
    for region in order:
        for part in found.claims[region]:
            for end in part[part >= 0].tolist():
                if end not in number:
                    number[end] = len(order)
                    order.append(end)
    names = np.full(found.count + 1, ON)
    names[list(number)] = list(number.values())
    members = np.array(order)
    claims = tuple(tuple(names[part] for part in found.claims[region]) for region in order)
    return Certificate(found.states[members], found.low[members], found.high[members], claims)
