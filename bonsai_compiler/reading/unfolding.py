"""Machines that are told by a sequence of their inputs: all that came, since a start, or the last.

The state of a program that remembers such a sequence is no function of the machine's state, which
forgets what does not matter; it is the other way round, and each sequence leads to one state.
"""

from collections import deque
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import numpy.typing as npt

from bonsai_compiler.specification.machine import Machine

MOST_STEPS = 2**11
"""Of how many steps, sequences times letters, a program is looked for."""

Letter = tuple[Hashable, ...]
Sequences = tuple[Letter, ...]
"""What came in on some ticks, a letter a tick, with the values of those inputs that are kept."""


@dataclass(frozen=True, slots=True, eq=False)
class Unfolded:
    """A machine, step by step of a program that remembers the values of its inputs `kept`.

    `seen` is what is remembered with the letter that comes now, and `following` what is remembered
    of that, None where the machine ends. `states` and `letters` (steps,) are those of the machine.
    At most the `last` letters are remembered, or else those since the machine was in its start.
    """

    kept: tuple[int, ...]
    last: int | None
    start: Sequences
    seen: list[Sequences]
    following: list[Sequences | None]
    states: npt.NDArray[np.int64]
    letters: npt.NDArray[np.int64]

    @property
    def block(self) -> int | None:
        """After how many letters everything is forgotten, if that is always as many."""
        pairs = list(zip(self.seen, self.following, strict=True))
        whole = {len(seen) for seen, following in pairs if following == ()}
        more = [len(seen) for seen, following in pairs if following != ()]
        return whole.pop() if len(whole) == 1 and more and max(more) < min(whole) else None


def unfolded(machine: Machine) -> Iterator[Unfolded]:
    """Yield ways to remember a sequence of inputs instead of a state of the `machine`, if any.

    No two states of the machine behave alike, and every letter may always come.
    """
    fields = machine.input_signals
    letters = [fields.values(tuple(bits)) for bits in machine.letters.tolist()]
    kept = tuple(at for at in range(len(fields.fields)) if _matters(machine, letters, at))
    if not kept or not machine.legal[machine.legal.any(axis=1)].all():
        return
    told = [tuple(letter[at] for at in kept) for letter in letters]
    since_start = _unfolded(machine, kept, told, (), None)
    if since_start is not None:
        yield since_start
    alphabet = list(dict.fromkeys(told))
    last = 1
    while len(letters) * len(alphabet) ** last <= MOST_STEPS:
        held = [_held(machine, told, letter, last) for letter in alphabet]
        for start in ((), *(start for start in held if start is not None)):
            window = _unfolded(machine, kept, told, start, last)
            if window is not None:
                if max(map(len, window.seen)) > last:
                    yield window
                return
        last += 1


def _matters(machine: Machine, letters: Sequence[Letter], at: int) -> bool:
    """Return whether the next state ever depends on one input."""

    def others(place: int) -> str:
        letter = letters[place]
        return repr(letter[:at] + letter[at + 1 :])

    grouped = groupby(sorted(range(len(letters)), key=others), key=others)
    parts = (machine.successor[:, list(places)] for _, places in grouped)
    return any((part != part[:, :1]).any() for part in parts)


def _held(machine: Machine, told: Sequence[Letter], letter: Letter, last: int) -> Sequences | None:
    """Return one letter over and over, if that keeps the machine in its start."""
    alike = [at for at, one in enumerate(told) if one == letter]
    return (letter,) * last if not machine.successor[0, alike].any() else None


def _unfolded(
    machine: Machine,
    kept: tuple[int, ...],
    told: Sequence[Letter],
    start: Sequences,
    last: int | None,
) -> Unfolded | None:
    """Return all steps from a start; None where they are too many, or a sequence has two states."""
    reached: dict[Sequences, int] = {start: 0}
    waiting = deque([start])
    steps: list[tuple[Sequences, Sequences | None, int, int]] = []
    while waiting:
        sequence = waiting.popleft()
        state = reached[sequence]
        if len(steps) + len(told) > MOST_STEPS:
            return None
        for letter in np.flatnonzero(machine.legal[state]).tolist():
            seen, to = (*sequence, told[letter]), int(machine.successor[state, letter])
            following: Sequences | None = None
            if to >= 0:
                following = (() if to == 0 else seen) if last is None else seen[-last:]
                if following not in reached:
                    reached[following] = to
                    waiting.append(following)
                elif reached[following] != to:
                    return None
            steps.append((seen, following, state, letter))
    places = np.array([step[2:] for step in steps], dtype=np.int64)
    return Unfolded(
        kept,
        last,
        start,
        [step[0] for step in steps],
        [step[1] for step in steps],
        places[:, 0],
        places[:, 1],
    )
