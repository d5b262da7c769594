"""Does this behave like that? The search that a proof is, or that finds the shortest difference.

Breadth-first search over the joint states of a candidate and a specification, every legal letter
at each. When the frontier closes, the two are equal for every legal input sequence.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from bonsai_compiler.equivalence.system import (
    FAULT,
    Codes,
    ProgramSystem,
    TransitionSystem,
    expect_same_interface,
    mismatches,
)
from bonsai_compiler.equivalence.verdict import Counterexample
from bonsai_compiler.equivalence.visited import Numbers, Visited
from bonsai_compiler.ir.interpreter import Floats

JOINT_STATES = 1_000_000
"""How many joint states a search visits before random simulation takes over: a few seconds."""

PROGRAM_JOINT_STATES = 200_000
"""The same for programs, which are stepped one call at a time."""

STORED = 2_000_000
"""A level of the search that would take more joint states than this is left unfinished."""

DEPTH = 20_000
"""How many ticks deep a search goes, if the task has not more states than that."""


class Stop(Protocol):
    """Says when a search has to end with what it has."""

    @property
    def passed(self) -> bool:
        """Whether it has to end now."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Exploration:
    """What a breadth-first search met.

    `closed`: no joint state is left to visit (or the horizon is reached). `failing`: the letters
    of the shortest legal sequence whose last tick is wrong, or None. `depth`: every legal
    sequence of that many ticks is right. `candidate` (n, width) and `specification` (n, width)
    are the joint states visited, in order of distance from the start; from the first `expanded`
    of them every legal letter was followed. They are not `joint` where the candidate alone was
    searched: then that is closed, but proves nothing.
    """

    closed: bool
    depth: int
    failing: tuple[int, ...] | None
    candidate: Floats
    specification: Floats
    expanded: int
    joint: bool = True


def explore(
    candidate: TransitionSystem,
    specification: TransitionSystem,
    limit: int = JOINT_STATES,
    ticks: int | None = None,
    grain: float | None = None,
    deadline: Stop | None = None,
) -> Exploration:
    """Return what breadth-first search finds within `limit` joint states and `ticks` ticks.

    With a `grain`, joint states that round to the same multiples of it are visited once: what
    fails then still does, but is not the shortest, and a closed search proves nothing.
    """
    expect_same_interface(candidate, specification)
    width = candidate.start().shape[1]
    visited = Visited(np.concatenate([candidate.start(), specification.start()], axis=1), grain)
    depth = first = 0

    def explored(closed: bool, failing: tuple[int, ...] | None = None) -> Exploration:
        left, right = visited.rows[:, :width], visited.rows[:, width:]
        return Exploration(closed, depth, failing, left, right, first)

    while True:
        last, until = len(visited), specification.horizon
        if first == last or (until is not None and depth >= until):
            return explored(True)
        if last > limit or (ticks is not None and depth >= ticks):
            return explored(False)
        for parents, letters in _legal_pairs(specification, visited, first, last, width):
            # The first tick is tried whatever the time, so that no verdict rests on nothing.
            if depth and deadline is not None and deadline.passed:
                return explored(False)
            joint = visited.rows[parents]
            left = candidate.step(joint[:, :width], letters)
            right = specification.step(joint[:, width:], letters)
            wrong = np.flatnonzero(mismatches(left.outputs, right.outputs).any(axis=1))
            if len(wrong):
                failing = visited.path(int(parents[wrong[0]]))
                return explored(False, (*failing, int(letters[wrong[0]])))
            visited.admit(np.concatenate([left.states, right.states], axis=1), parents, letters)
            if len(visited) > STORED:
                return explored(False)
        first, depth = last, depth + 1


def _legal_pairs(
    specification: TransitionSystem, visited: Visited, first: int, last: int, width: int
) -> Iterator[tuple[Numbers, Numbers]]:
    """Yield the visited rows from `first` to `last` with each legal letter, so many at a time."""
    # In slices, so that memory stays bounded when a frontier or an alphabet is wide.
    rows = max(65_536 // len(specification.alphabet), 1)
    for start in range(first, last, rows):
        expected = visited.rows[start : min(start + rows, last), width:]
        parents, letters = np.nonzero(specification.legal(expected))
        yield parents + start, letters


def replay(
    candidate: TransitionSystem, specification: TransitionSystem, chosen: tuple[int, ...]
) -> Counterexample:
    """Return what both sides answer to a sequence of letters, as a counterexample."""
    states, expected_states = candidate.start(), specification.start()
    inputs, outputs, expected, fault = [], [], [], ""
    for letter in chosen:
        row = np.array([letter])
        if isinstance(candidate, ProgramSystem):
            number = int(states[0, 0])
        left, right = candidate.step(states, row), specification.step(expected_states, row)
        if isinstance(candidate, ProgramSystem):
            fault = candidate.faults.get((number, letter), "")
        inputs.append(tuple(specification.alphabet[letter].tolist()))
        outputs.append(results(left.outputs[0]))
        expected.append(results(right.outputs[0]))
        states, expected_states = left.states, right.states
    return Counterexample(tuple(inputs), tuple(outputs), tuple(expected), fault)


def results(codes: Codes) -> tuple[bool | None, ...]:
    """Return one tick's output codes as bools; None for "don't care" and for a fault."""
    return tuple(None if code in (0, FAULT) else bool(code > 0) for code in codes.tolist())
