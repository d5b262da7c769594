"""Words that go round for ever: u v v v ..., followed until they fail or repeat themselves.

What drifts does so under some rhythm, and a rhythm is a short word over and over. A round after
which both sides stand where they stood before repeats for ever, and is over (Brent's algorithm).
"""

from itertools import product

import numpy as np

from bonsai_compiler.equivalence.system import TransitionSystem, mismatches
from bonsai_compiler.system.effort import Effort

MOST_LASSOS = 256
TICKS = 65_536
"""How long a lasso is followed that never repeats."""

LONGEST = 8
"""How many letters a round has at most."""

CALL = 64
"""A tick of few lassos takes as long as one of so many."""


def lassos(
    candidate: TransitionSystem,
    specification: TransitionSystem,
    ticks: int = TICKS,
    effort: Effort | None = None,
) -> tuple[int, ...] | None:
    """Return a legal word u v v v ... on whose last tick the candidate is wrong; None if none is.

    v are the shortest words, u is empty or one letter. None, too, once the effort, in steps, is
    spent.
    """
    effort = effort or Effort()
    stems = [(stem, round_) for round_ in rounds(specification) for stem in _stems(specification)]
    stems = stems[:MOST_LASSOS]
    if not stems:
        return None
    letters = [np.array(stem + round_) for stem, round_ in stems]
    before = np.array([len(stem) for stem, _ in stems])
    length = np.array([len(round_) for _, round_ in stems])
    table = np.zeros((len(stems), max(map(len, letters))), dtype=np.int64)
    for row, word in enumerate(letters):
        table[row, : len(word)] = word
    states = np.repeat(candidate.start(), len(stems), axis=0)
    expected = np.repeat(specification.start(), len(stems), axis=0)
    # What stood after an earlier round, how many rounds ago, and after how many it is replaced.
    seen = np.full((len(stems), states.shape[1] + expected.shape[1]), np.nan)
    since, until = np.zeros(len(stems), dtype=np.int64), np.ones(len(stems), dtype=np.int64)
    alive = np.arange(len(stems))
    for tick in range(ticks):
        if effort.passed:
            return None
        effort.spend(len(alive) + CALL)
        past = tick - before[alive]
        place = np.where(past < 0, tick, before[alive] + past % length[alive])
        chosen = table[alive, place]
        legal = specification.legal(expected[alive])[np.arange(len(alive)), chosen]
        alive, chosen, past = alive[legal], chosen[legal], past[legal]
        if not len(alive):
            return None
        left = candidate.step(states[alive], chosen)
        right = specification.step(expected[alive], chosen)
        wrong = np.flatnonzero(mismatches(left.outputs, right.outputs).any(axis=1))
        if len(wrong):
            stem, round_ = stems[int(alive[wrong[0]])]
            return (*stem, *round_ * (tick // len(round_) + 1))[: tick + 1]
        states[alive], expected[alive] = left.states, right.states
        done = (past + 1) % length[alive] == 0
        ended = alive[done & (past >= 0)]
        if not len(ended):
            continue
        joint = np.concatenate([states[ended], expected[ended]], axis=1)
        repeats = (joint == seen[ended]).all(axis=1)
        since[ended] += 1
        moved = ended[since[ended] == until[ended]]
        seen[moved] = np.concatenate([states[moved], expected[moved]], axis=1)
        since[moved], until[moved] = 0, 2 * until[moved]
        alive = alive[~np.isin(alive, ended[repeats])]
        if not len(alive):
            return None
    return None


def rounds(specification: TransitionSystem) -> list[tuple[int, ...]]:
    """Return the shortest words that are no other word over and over, of all their turns one."""
    count = len(specification.alphabet)
    found: list[tuple[int, ...]] = []
    for length in range(1, LONGEST + 1):
        if count**length > 16 * MOST_LASSOS and found:
            break
        for word in product(range(count), repeat=length):
            turns = [word[place:] + word[:place] for place in range(1, length)]
            # One that turns into itself is a shorter word, several times.
            if all(word < turn for turn in turns):
                found.append(word)
            if len(found) >= MOST_LASSOS:
                return found
    return found


def _stems(specification: TransitionSystem) -> list[tuple[int, ...]]:
    return [(), *((letter,) for letter in range(min(len(specification.alphabet), 8)))]
