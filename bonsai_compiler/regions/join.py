"""Regions by joins: one box for all that the network holds in one state of a machine.

From what runs visit, boxes grow until every word of a few letters leads from each into those of
the next. Between the boxes zonotopes keep what the states have to do with each other.
"""

import numpy as np

from bonsai_compiler.regions.certificate import ON, Certificate, advance, starts
from bonsai_compiler.regions.rounding import Floats
from bonsai_compiler.regions.zonotopes import AbstractNetwork, Numbers, boxes
from bonsai_compiler.specification.machine import Machine
from bonsai_compiler.system.effort import Effort

ROUNDS = 60
"""How often boxes may grow."""

FURTHER = 0.5
"""How much further than it has to a box grows, so that it comes to an end."""

MOST_WORDS = 100_000


def join(
    network: AbstractNetwork,
    machine: Machine,
    ticks: int,
    visited: tuple[Floats, Floats],
    effort: Effort,
) -> Certificate | None:
    """Return a region for each state of the machine, so many ticks from one to the next.

    `visited` are the least and greatest values, (states of the machine, width) each, that runs met;
    infinite where they met none. None where boxes would grow until an output may be wrong.
    """
    low, high = visited[0].copy(), visited[1].copy()
    first_low, first_high = starts(network)
    low[0], high[0] = np.minimum(low[0], first_low), np.maximum(high[0], first_high)
    reached = np.zeros(machine.size, dtype=bool)
    reached[0] = True
    changed = np.array([0])
    for _ in range(ROUNDS):
        grown = _grown(network, machine, ticks, low, high, changed, effort)
        if grown is None:
            return None
        states, least, greatest = grown
        fresh = ~reached[states]
        reached[states] = True
        below = least < low[states]
        above = greatest > high[states]
        changed = states[fresh | (below | above).any(axis=1)]
        if not len(changed):
            return _certificate(machine, ticks, reached, low, high)
        # What runs never met begins as it is.
        before_low = np.where(np.isfinite(low[states]), low[states], least)
        before_high = np.where(np.isfinite(high[states]), high[states], greatest)
        width = 1e-3 * (greatest - least) + 1e-6
        lower = least - FURTHER * (before_low - least) - width
        higher = greatest + FURTHER * (greatest - before_high) + width
        low[states] = np.where(below, lower, low[states])
        high[states] = np.where(above, higher, high[states])
    return None


def _grown(
    network: AbstractNetwork,
    machine: Machine,
    ticks: int,
    low: Floats,
    high: Floats,
    chosen: Numbers,
    effort: Effort,
) -> tuple[Numbers, Floats, Floats] | None:
    """Return the states that words of so many letters lead to, and the hulls of the sets there.

    None where an output may be wrong, or words are too many.
    """
    count, width = machine.size, low.shape[1]
    least, greatest = np.full((count, width), np.inf), np.full((count, width), -np.inf)
    share = 256
    for first in range(0, len(chosen), share):
        states = chosen[first : first + share]
        sets = boxes(low[states].T, high[states].T)
        for _ in range(ticks):
            if effort.passed:
                return None
            moved = advance(network, machine, sets, states)
            effort.spend(moved.work)
            if not moved.right.all():
                return None
            on = np.flatnonzero(moved.states >= 0)
            sets, states = moved.sets.chosen(on), moved.states[on]
            if len(states) > MOST_WORDS:
                return None
        np.minimum.at(least, states, sets.low.T)
        np.maximum.at(greatest, states, sets.high.T)
    met = np.flatnonzero(np.isfinite(least).all(axis=1))
    return met, least[met], greatest[met]


def _certificate(
    machine: Machine, ticks: int, reached: np.ndarray, low: Floats, high: Floats
) -> Certificate:
    """Return the regions of the states that were reached, and where every word ends."""
    members = np.flatnonzero(reached)
    number = np.cumsum(reached) - 1
    claims = []
    for state in members:
        states, parts = np.array([state]), []
        for tick in range(ticks):
            rows, letters = np.nonzero(machine.legal[states])
            states = machine.successor[states[rows], letters].astype(np.int64)
            last = tick == ticks - 1
            parts.append(np.where(last & (states >= 0), number[states], ON))
            states = states[states >= 0]
        claims.append(tuple(parts))
    return Certificate(members, low[members], high[members], tuple(claims))
