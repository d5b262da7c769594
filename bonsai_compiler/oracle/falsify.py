"""Falsification beyond the reach of exhaustive search: random simulation, lassos and a beam.

A network that drifts may go wrong only after hundreds of ticks. Thousands of random legal
sequences of 1,000 ticks and more are run side by side, each with a rhythm of its own, then short
words over and over, then a beam that keeps the joint states whose outputs stand nearest to 0. A
graph of neurons is run approximately, and what fails there has to fail in the graph itself too. It
is minimized by delta debugging.
"""

from dataclasses import dataclass

import numpy as np

from bonsai_compiler.equivalence.search import Stop, explore
from bonsai_compiler.equivalence.system import (
    GraphSystem,
    MachineSystem,
    Numbers,
    ProgramSystem,
    Transition,
    TransitionSystem,
    mismatches,
)
from bonsai_compiler.ir.interpreter import Floats
from bonsai_compiler.oracle.lassos import lassos
from bonsai_compiler.system.deadline import NEVER
from bonsai_compiler.system.effort import Effort

RUNS = 2048
PROGRAM_RUNS = 128
"""Programs are stepped one call at a time, so fewer runs of them are made."""
TICKS = 1000
MOST_TICKS = 4000
"""A task of many states may hide a fault behind long paths, so its runs are longer."""
BEAM = 256
LASSO_TICKS = 65_536
ROUND_AND_ROUND = 200_000_000
"""So many ticks, and so many values of nodes, lassos are followed that never repeat."""
MINIMIZING = 1_000_000_000
"""So many values of nodes are computed to make a failing sequence shorter."""
GRAINS = (1.0, 1 / 4, 1 / 16, 1 / 64)
"""How coarsely a graph's states are told apart where all of them are too many."""
COARSE = 100_000
COARSE_DEPTH = 4_000
"""How many joint states a coarse search visits, and how many ticks deep it goes."""
ROUNDS = 64
BAR = 8
"""After so many beats at most, the leanings of a run begin again."""
STRENGTHS = (0.0, 1.0, 3.0, 30.0)
"""How strongly a run leans: not at all, to one letter rather than others, to hardly any other."""
BEATS = (1, 1, 1, 4, 16, 64, 256)
"""How many ticks a beat may take."""


@dataclass(frozen=True, slots=True)
class Falsification:
    """How many random runs were made, and a legal sequence that fails on its last tick, if any.

    Runs that were cut short do not count.
    """

    runs: int
    failing: tuple[int, ...] | None


def falsify(
    candidate: TransitionSystem,
    specification: TransitionSystem,
    seed: int,
    deadline: Stop = NEVER,
) -> Falsification:
    """Return a failing sequence from coarse searches, simulation, lassos or the beam, minimized."""
    pairs = [(candidate, specification)]
    if isinstance(candidate, GraphSystem):
        pairs.insert(0, (_approximate(candidate), _approximate(specification)))
    for pair in pairs:
        runs, failing = _searched(*pair, seed, deadline)
        if failing is None:
            return Falsification(runs, None)
        # Where the last bits decide, only what is approximate may fail; then all is done again.
        failing = earliest_failure(candidate, specification, [failing])
        if failing is not None:
            break
    # One that is longer took the shortest round there is, and every try would take as long.
    if failing is not None and len(failing) <= MOST_TICKS:
        nodes = len(candidate.graph.nodes) if isinstance(candidate, GraphSystem) else 1
        effort = Effort(MINIMIZING / nodes, deadline)
        shorter = minimize(*pairs[0], failing, effort)
        # As it fails approximately, so it has to in the graph itself; else it stays as it was.
        failing = earliest_failure(candidate, specification, [shorter]) or failing
    return Falsification(runs, failing)


def _approximate(system: TransitionSystem) -> TransitionSystem:
    return system.approximate() if isinstance(system, GraphSystem) else system


def _searched(
    candidate: TransitionSystem, specification: TransitionSystem, seed: int, deadline: Stop
) -> tuple[int, tuple[int, ...] | None]:
    """Return how many random runs were made, and a failing sequence as it was found."""
    size = specification.machine.size if isinstance(specification, MachineSystem) else 0
    ticks = min(max(TICKS, 4 * size), MOST_TICKS, specification.horizon or MOST_TICKS)
    rng = np.random.default_rng(seed)
    runs = PROGRAM_RUNS if isinstance(candidate, ProgramSystem) else RUNS
    if not specification.inputs:
        runs = 1
    failing = _coarsely(candidate, specification, deadline)
    if failing is None:
        failing = random_simulation(
            candidate, specification, rng, runs, ticks, deadline=deadline
        ).failing
        if failing is None and deadline.passed:
            return 0, None
    if failing is None and runs == RUNS:
        longest = min(LASSO_TICKS, specification.horizon or LASSO_TICKS)
        nodes = len(candidate.graph.nodes) if isinstance(candidate, GraphSystem) else 1
        effort = Effort(ROUND_AND_ROUND / nodes, deadline)
        failing = lassos(candidate, specification, longest, effort)
    if failing is None and runs > 1:
        failing = _beam(candidate, specification, rng, ticks, deadline)
    return runs, failing


def _coarsely(
    candidate: TransitionSystem, specification: TransitionSystem, deadline: Stop
) -> tuple[int, ...] | None:
    """Return a failing sequence from searches that visit one of many states that round alike.

    They go as deep as a fault that simulation misses: behind a long path, where noise hides it.
    """
    if isinstance(candidate, ProgramSystem) or not specification.inputs:
        return None
    searches = (
        explore(candidate, specification, COARSE, COARSE_DEPTH, grain, deadline) for grain in GRAINS
    )
    return next((found.failing for found in searches if found.failing is not None), None)


@dataclass(frozen=True, slots=True, eq=False)
class RandomSimulation:
    """The joint states that random legal runs visited, and the first failing sequence."""

    candidate: Floats
    specification: Floats
    failing: tuple[int, ...] | None


def random_simulation(
    candidate: TransitionSystem,
    specification: TransitionSystem,
    rng: np.random.Generator,
    runs: int,
    ticks: int,
    *,
    keep: bool = False,
    rhythm: bool = True,
    deadline: Stop = NEVER,
) -> RandomSimulation:
    """Return where `runs` random legal sequences lead; with `keep`, all that they visit.

    Without `rhythm` each run has one leaning all along, and goes to fewer extremes.
    """
    states = np.repeat(candidate.start(), runs, axis=0)
    expected = np.repeat(specification.start(), runs, axis=0)
    count = len(specification.alphabet)
    # Each run has its own leaning on each beat of a bar, and its own length of beats, so that some
    # climb deep and come back, some stay shallow, and some drive a drift that takes turns.
    longest = max(min(BAR, 512 // count), 1) if rhythm else 1  # bars shall not fill the memory
    strength = rng.choice(STRENGTHS if rhythm else STRENGTHS[:-1], size=(runs, 1, 1))
    leaning = rng.exponential(size=(runs, longest, count)) ** strength
    bar = np.minimum(rng.choice([1, 2, 3, 4, BAR], size=runs), longest)
    beat = rng.choice(BEATS, size=runs)
    alive = np.arange(runs)
    history: list[Numbers] = []
    visited = [(candidate.start(), specification.start())]
    failing: tuple[int, ...] | None = None
    for tick in range(ticks):
        legal = specification.legal(expected[alive])
        going = legal.any(axis=1)
        if deadline.passed:
            break
        alive, legal = alive[going], legal[going]
        if not len(alive):
            break
        weights = np.where(
            legal, leaning[alive, tick // beat[alive] % bar[alive]] * rng.random(legal.shape), -1.0
        )
        letter = np.argmax(weights, axis=1)
        column = np.full(runs, -1)
        column[alive] = letter
        history.append(column)
        left, right, wrong = _stepped(
            candidate, specification, states[alive], expected[alive], letter
        )
        if len(wrong):
            failing = tuple(int(column[alive[wrong[0]]]) for column in history)
            break
        states[alive], expected[alive] = left.states, right.states
        if keep:
            visited.append((left.states, right.states))
    return RandomSimulation(
        np.concatenate([row for row, _ in visited]),
        np.concatenate([row for _, row in visited]),
        failing,
    )


def _beam(
    candidate: TransitionSystem,
    specification: TransitionSystem,
    rng: np.random.Generator,
    ticks: int,
    deadline: Stop,
) -> tuple[int, ...] | None:
    states, expected = candidate.start(), specification.start()
    steps: list[tuple[Numbers, Numbers]] = []
    for _ in range(ticks):
        rows, letter = np.nonzero(specification.legal(expected))
        if not len(rows) or deadline.passed:
            return None
        left, right, wrong = _stepped(
            candidate, specification, states[rows], expected[rows], letter
        )
        if len(wrong):
            return _traced(steps, int(rows[wrong[0]]), int(letter[wrong[0]]))
        keep = _nearest_to_failing(left.states, right.states, left.margins.min(axis=1), rng)
        steps.append((rows[keep], letter[keep]))
        states, expected = left.states[keep], right.states[keep]
    return None


def _nearest_to_failing(
    states: Floats, expected: Floats, margins: Floats, rng: np.random.Generator
) -> Numbers:
    joint = np.concatenate([states, expected], axis=1)
    distinct = np.unique(joint, axis=0, return_index=True)[1]
    if len(distinct) <= BEAM:
        return distinct
    order = distinct[np.argsort(margins[distinct], kind="stable")]
    # Half by margin, half by chance: the least margin now need not lead to the least later.
    best, rest = order[: BEAM // 2], order[BEAM // 2 :]
    return np.concatenate([best, rng.choice(rest, BEAM - len(best), replace=False)])


def _traced(steps: list[tuple[Numbers, Numbers]], row: int, letter: int) -> tuple[int, ...]:
    path = [letter]
    for rows, letters in reversed(steps):
        path.append(int(letters[row]))
        row = int(rows[row])
    return tuple(reversed(path))


def minimize(
    candidate: TransitionSystem,
    specification: TransitionSystem,
    failing: tuple[int, ...],
    effort: Effort | None = None,
) -> tuple[int, ...]:
    """Return a failing sequence, minimized by delta debugging: no part that was tried can go.

    Runs of a half, a quarter, ... of the sequence, then single letters, are left out one at a
    time, all places side by side; the result still is legal and fails on its last tick. Once
    the effort, in steps, is spent, it stays as it is.
    """
    effort = effort or Effort()
    length = max(len(failing) // 2, 1)
    for _ in range(ROUNDS):
        # The last letter stays for the fault to be seen on.
        places = range(0, len(failing) - 1, max(length // 2, 1))
        tries = [failing[:place] + failing[place + length :] for place in places]
        effort.spend(len(tries) * len(failing))
        if effort.passed:
            return failing
        cut = earliest_failure(candidate, specification, [item for item in tries if item])
        if cut is not None and len(cut) < len(failing):
            failing = cut
            length = min(length, max(len(failing) // 2, 1))
        elif length == 1:
            return failing
        else:
            length //= 2
    return failing


def earliest_failure(
    candidate: TransitionSystem, specification: TransitionSystem, tries: list[tuple[int, ...]]
) -> tuple[int, ...] | None:
    """Return the shortest failing beginning of any of the sequences, or None.

    A sequence is followed as far as its letters are legal.
    """
    states = np.repeat(candidate.start(), len(tries), axis=0)
    expected = np.repeat(specification.start(), len(tries), axis=0)
    alive = np.arange(len(tries))
    for tick in range(max(map(len, tries), default=0)):
        alive = alive[[tick < len(tries[number]) for number in alive]]
        letter = np.array([tries[number][tick] for number in alive], dtype=np.int64)
        legal = specification.legal(expected[alive])[np.arange(len(alive)), letter]
        alive, letter = alive[legal], letter[legal]
        if not len(alive):
            return None
        left, right, wrong = _stepped(
            candidate, specification, states[alive], expected[alive], letter
        )
        if len(wrong):
            return tries[int(alive[wrong[0]])][: tick + 1]
        states[alive], expected[alive] = left.states, right.states
    return None


def _stepped(
    candidate: TransitionSystem,
    specification: TransitionSystem,
    states: Floats,
    expected: Floats,
    letters: Numbers,
) -> tuple[Transition, Transition, Numbers]:
    """Return where both go, row by row, and the rows in which they differ."""
    left, right = candidate.step(states, letters), specification.step(expected, letters)
    return left, right, np.flatnonzero(mismatches(left.outputs, right.outputs).any(axis=1))
