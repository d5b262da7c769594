"""Brute force: two step functions side by side, over every pair of states that letters lead to.

A state is told from another by type and text, never by `==`.
"""

import random
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from typing import Any, Protocol

from .case import expect
from .fields import Fields, Letter

Answer = tuple[Any, ...]


class RefusalError(Exception):
    """A candidate refuses an input, fails, or returns what is no answer."""


class Stepped(Protocol):
    """Anything that is stepped letter by letter."""

    start: Any

    def admits(self, state: Any, letter: Letter) -> bool:
        """Return whether a letter may come in a state."""

    def step(self, state: Any, letter: Letter) -> tuple[Any, Answer]:
        """Return the next state and a value for each output; raises RefusalError."""


class Program:
    """A task or program, as the names that its text defines."""

    def __init__(self, names: dict[str, Any], outputs: Fields) -> None:
        self.start, self._names, self._outputs = names["start"], names, outputs

    def admits(self, state: Any, letter: Letter) -> bool:
        legal = self._names.get("legal")
        return legal is None or bool(legal(state, *letter))

    def step(self, state: Any, letter: Letter) -> tuple[Any, Answer]:
        try:
            if not self.admits(state, letter):
                raise RefusalError("not legal")
            following, answer = self._names["step"](state, *letter)
            hash(following)
            hash(answer)
        except (Exception, SystemExit) as error:
            raise RefusalError(type(error).__name__) from None
        answers = answer if len(self._outputs) > 1 else (answer,)
        if not isinstance(answers, tuple) or len(answers) != len(self._outputs):
            raise RefusalError(f"{answer!r} is no answer")
        if not are_values(self._outputs, answers):
            raise RefusalError(f"{answer!r} holds no values")
        return following, answers


@dataclass(frozen=True)
class Found:
    """How a search ended: `differing` is a shortest sequence that tells the two apart.

    `closed` if there is none, whatever comes; else the search ended after `depth` ticks.
    """

    closed: bool
    depth: int
    pairs: int
    differing: tuple[Letter, ...] | None = None


def identity(value: Any) -> Hashable:
    """Return what tells one state from another: types and signs too, all the way down."""
    kind = type(value).__qualname__
    if isinstance(value, tuple | list):
        return kind, *map(identity, value)
    if isinstance(value, frozenset | set):
        return kind, frozenset(map(identity, value))
    if is_dataclass(value) and not isinstance(value, type):
        return kind, *(identity(getattr(value, field.name)) for field in fields(value))
    if isinstance(value, Enum):
        return kind, value.name
    return kind, repr(value)


def are_values(outputs: Fields, answers: Answer) -> bool:
    """Return whether each answer is a value that its output can have, or None."""
    for field, value in zip(outputs, answers, strict=True):
        whole = isinstance(value, int) and not isinstance(value, bool)
        right = whole if field.encoding else isinstance(value, bool) or whole
        if value is not None and not (right and value in field.values):
            return False
    return True


def agrees(given: Answer | None, wanted: Answer) -> bool:
    """Return whether an answer is as wanted, where it matters; None for no answer is not."""
    return given is not None and all(
        expected is None or (value is not None and value == expected)
        for value, expected in zip(given, wanted, strict=True)
    )


def answered(candidate: Stepped, state: Any, letter: Letter) -> tuple[Any, Answer | None]:
    """Return where a candidate goes and what it answers; nothing where it refuses."""
    try:
        return candidate.step(state, letter)
    except RefusalError:
        return None, None


def searched(
    candidate: Stepped,
    specification: Stepped,
    alphabet: list[Letter],
    horizon: int | None = None,
    limit: int = 3000,
) -> Found:
    """Return the shortest legal sequence that tells two apart, if any is found breadth first."""
    frontier: list[tuple[Any, Any, tuple[Letter, ...]]] = [
        (candidate.start, specification.start, ())
    ]
    met = {(identity(candidate.start), identity(specification.start))}
    depth = 0
    while frontier and (horizon is None or depth < horizon):
        if len(met) > limit:
            return Found(False, depth, len(met))
        following = []
        for left, right, path in frontier:
            for letter in alphabet:
                if not specification.admits(right, letter):
                    continue
                wanted_state, wanted = specification.step(right, letter)
                given_state, given = answered(candidate, left, letter)
                if not agrees(given, wanted):
                    return Found(False, depth, len(met), (*path, letter))
                pair = identity(given_state), identity(wanted_state)
                if pair not in met:
                    met.add(pair)
                    following.append((given_state, wanted_state, (*path, letter)))
        frontier, depth = following, depth + 1
    return Found(True, depth, len(met))


def first_difference(
    candidate: Stepped,
    specification: Stepped,
    sequence: list[Letter] | tuple[Letter, ...],
    horizon: int | None = None,
) -> int | None:
    """Return the first tick, from 1, on which a legal sequence tells two apart, or None.

    Raises DisagreementError where the sequence is not legal, or longer than the horizon.
    """
    left, right = candidate.start, specification.start
    for tick, letter in enumerate(sequence, 1):
        expect(horizon is None or tick <= horizon, f"{sequence} goes past the horizon")
        expect(specification.admits(right, letter), f"{letter} is not legal in {sequence}")
        right, wanted = specification.step(right, letter)
        left, given = answered(candidate, left, letter)
        if not agrees(given, wanted):
            return tick
    return None


def legal_walks(
    rng: random.Random,
    specification: Stepped,
    alphabet: list[Letter],
    count: int,
    ticks: int,
    choose: Callable[[list[Letter]], Letter] | None = None,
) -> Iterator[tuple[tuple[Letter, ...], tuple[Answer, ...]]]:
    """Yield random legal sequences with what is expected; shorter where nothing is legal."""
    for _ in range(count):
        state, sequence, wanted = specification.start, [], []
        for _ in range(ticks):
            allowed = [letter for letter in alphabet if specification.admits(state, letter)]
            if not allowed:
                break
            letter = (choose or rng.choice)(allowed)
            state, answer = specification.step(state, letter)
            sequence.append(letter)
            wanted.append(answer)
        yield tuple(sequence), tuple(wanted)
