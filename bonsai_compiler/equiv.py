"""Does this behave like that? Proof, or shortest counterexample, or an honest "tested".

Breadth-first search over the joint states of a candidate and a specification, every legal letter
at each. When the frontier closes, the two are equal for every legal input sequence.
"""

from dataclasses import dataclass, field

import numpy as np

from bonsai_compiler.behaviour import (
    FAULT,
    Behaviour,
    Codes,
    Numbers,
    ProgramBehaviour,
    mismatches,
)
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.falsify import Hunt, hunt
from bonsai_compiler.generator import confirm_generator
from bonsai_compiler.interp import Floats
from bonsai_compiler.machine import letter_bits
from bonsai_compiler.verdict import Counterexample, Verdict

SITUATIONS = 200_000
"""How many joint states a search visits before it turns to long runs."""


@dataclass(frozen=True, slots=True, eq=False)
class Exploration:
    """What a breadth-first search met.

    `closed`: no joint state is left to visit (or the horizon is reached). `failing`: the letters
    of the shortest legal sequence whose last tick is wrong, or None. `depth`: every legal
    sequence of that many ticks is right. `candidate` (n, width) and `specification` (n, width)
    are the joint states visited, in order of distance from the start; from the first `expanded`
    of them every legal letter was followed.
    """

    closed: bool
    depth: int
    failing: tuple[int, ...] | None
    candidate: Floats
    specification: Floats
    expanded: int


def explore(
    candidate: Behaviour,
    specification: Behaviour,
    limit: int = SITUATIONS,
    ticks: int | None = None,
) -> Exploration:
    """Return what breadth-first search finds within `limit` joint states and `ticks` ticks."""
    expect_same_interface(candidate, specification)
    joint = np.concatenate([candidate.start(), specification.start()], axis=1)
    width = candidate.start().shape[1]
    seen = _Seen()
    seen.admit(joint)
    levels = [_Level(joint)]
    visited = 1
    while True:
        level = levels[-1]
        depth = len(levels) - 1
        until = specification.horizon
        if not len(level.joint) or (until is not None and depth >= until):
            return _explored(True, depth, None, levels, width)
        if visited > limit or (ticks is not None and depth >= ticks):
            return _explored(False, depth, None, levels, width)
        rows, chosen = np.nonzero(specification.legal(level.joint[:, width:]))
        reached: list[_Level] = []
        # In slices, so that memory stays bounded when a frontier is wide.
        for start in range(0, len(rows), 65_536):
            parents, letters = rows[start : start + 65_536], chosen[start : start + 65_536]
            left = candidate.tick(level.joint[parents, :width], letters)
            right = specification.tick(level.joint[parents, width:], letters)
            wrong = np.flatnonzero(mismatches(left.outputs, right.outputs).any(axis=1))
            if len(wrong):
                failing = _path(levels, int(parents[wrong[0]]), int(letters[wrong[0]]))
                return _explored(False, depth, failing, levels, width)
            following = np.concatenate([left.states, right.states], axis=1)
            fresh = seen.admit(following)
            reached.append(_Level(following[fresh], parents[fresh], letters[fresh]))
        levels.append(_merged(reached, joint.shape[1]))
        visited += len(levels[-1].joint)


def compare(
    candidate: Behaviour, specification: Behaviour, limit: int = SITUATIONS, seed: int = 0
) -> Verdict:
    """Return the verdict on a candidate; past `limit` joint states, after long runs as well.

    A program is judged with its generator.
    """
    verdict = _compare(candidate, specification, limit, seed)
    if isinstance(candidate, ProgramBehaviour):
        return confirm_generator(candidate, specification, verdict, seed)
    return verdict


def _compare(candidate: Behaviour, specification: Behaviour, limit: int, seed: int) -> Verdict:
    found = explore(candidate, specification, limit)
    situations, horizon = len(found.candidate), specification.horizon
    if found.failing is not None:
        example = replay(candidate, specification, found.failing)
        return Verdict("refuted", situations, horizon, counterexample=example, shortest=True)
    if found.closed:
        return Verdict("proved", situations, horizon)
    hunted: Hunt = hunt(candidate, specification, seed)
    if hunted.failing is not None:
        example = replay(candidate, specification, hunted.failing)
        return Verdict("refuted", situations, horizon, counterexample=example)
    return Verdict("tested", situations, horizon, depth=found.depth, random=hunted.runs)


def replay(
    candidate: Behaviour, specification: Behaviour, chosen: tuple[int, ...]
) -> Counterexample:
    """Return what both sides answer to a sequence of letters, as a counterexample."""
    states, expected_states = candidate.start(), specification.start()
    width = len(specification.inputs)
    inputs, outputs, expected, fault = [], [], [], ""
    for letter in chosen:
        row = np.array([letter])
        if isinstance(candidate, ProgramBehaviour):
            number = int(states[0, 0])
        left, right = candidate.tick(states, row), specification.tick(expected_states, row)
        if isinstance(candidate, ProgramBehaviour):
            fault = candidate.faults.get((number, letter), "")
        inputs.append(letter_bits(letter, width))
        outputs.append(results(left.outputs[0]))
        expected.append(results(right.outputs[0]))
        states, expected_states = left.states, right.states
    return Counterexample(tuple(inputs), tuple(outputs), tuple(expected), fault)


@dataclass(frozen=True, slots=True, eq=False)
class _Level:
    """The joint states first met at one depth, and the row and letter each was met from."""

    joint: Floats
    parents: Numbers = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    letters: Numbers = field(default_factory=lambda: np.zeros(0, dtype=np.int64))


class _Seen:
    """The joint states met so far, by their bytes."""

    def __init__(self) -> None:
        self._keys: set[bytes] = set()

    def admit(self, joint: Floats) -> Numbers:
        """Return the rows that were not met before, each state once, and remember them."""
        if joint.shape[1] == 0:
            joint = np.zeros((len(joint), 1))
        if not len(joint):
            return np.zeros(0, dtype=np.int64)
        width = joint.shape[1] * 8
        whole = np.ascontiguousarray(joint).tobytes()
        fresh = []
        for row in range(len(joint)):
            key = whole[row * width : (row + 1) * width]
            if key not in self._keys:
                self._keys.add(key)
                fresh.append(row)
        return np.array(fresh, dtype=np.int64)


def _merged(parts: list[_Level], width: int) -> _Level:
    if not parts:
        return _Level(np.zeros((0, width)))
    return _Level(
        np.concatenate([part.joint for part in parts]),
        np.concatenate([part.parents for part in parts]),
        np.concatenate([part.letters for part in parts]),
    )


def _path(levels: list[_Level], row: int, letter: int) -> tuple[int, ...]:
    path = [letter]
    for level in reversed(levels[1:]):
        path.append(int(level.letters[row]))
        row = int(level.parents[row])
    return tuple(reversed(path))


def _explored(
    closed: bool, depth: int, failing: tuple[int, ...] | None, levels: list[_Level], width: int
) -> Exploration:
    joint = np.concatenate([level.joint for level in levels])
    expanded = len(joint) - len(levels[-1].joint)
    return Exploration(closed, depth, failing, joint[:, :width], joint[:, width:], expanded)


def results(codes: Codes) -> tuple[bool | None, ...]:
    """Return one tick's output codes as bools; None for "don't care" and for a fault."""
    return tuple(None if code in (0, FAULT) else bool(code > 0) for code in codes.tolist())


def expect_same_interface(candidate: Behaviour, specification: Behaviour) -> None:
    """Raise BonsaiError unless inputs and outputs match: as many, and the same in one order."""
    for what in ("inputs", "outputs"):
        given, wanted = getattr(candidate, what), getattr(specification, what)
        if len(given) != len(wanted):
            raise BonsaiError(
                f"the {what} differ: ({', '.join(given)}) against ({', '.join(wanted)})"
            )
        if given != wanted and set(given) == set(wanted):
            raise BonsaiError(
                f"the {what} stand in another order: ({', '.join(given)}) against "
                f"({', '.join(wanted)})"
            )
