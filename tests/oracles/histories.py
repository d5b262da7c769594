"""Histories of inputs: which are tried, what a program answers to them, what an oracle says.

An oracle is given what every input has been, up to and including this tick, as strings of 0 and 1
(one string of 0 where there are no inputs), or as tuples of values where there are integers; it
returns the outputs of this tick.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator
from functools import cache

import numpy as np
from strategies import raw

from bonsai_compiler.specification.machine import Machine, tabulate
from bonsai_compiler.specification.task import Task

Said = bool | int | None | tuple[bool, bool]
Oracle = Callable[..., Said]
Law = Callable[..., bool]
Letters = tuple[int, ...]

TICKS = 10
EVERY, SOME = 5000, 10_000
"""All sequences of TICKS are tried where they are at most so many, else so many random ones."""

LONG, LONG_TICKS = 200, 40
"""How many long random sequences are tried beside, and how long they are."""


def sequences(task: Task, some: int = SOME) -> Iterator[Letters]:
    """Yield the legal sequences that a task, or a program for it, is tried with."""
    machine = tabulate(task)
    alphabet = machine.legal.shape[1]
    ticks, longest = (min(most, task.horizon or most) for most in (TICKS, LONG_TICKS))
    if alphabet**ticks <= EVERY:
        every = itertools.product(range(alphabet), repeat=ticks)
        yield from (sequence for sequence in every if is_legal(machine, sequence))
    else:
        yield from drawn(machine, some, ticks)
    yield from drawn(machine, LONG, longest)


def is_legal(machine: Machine, sequence: Letters) -> bool:
    """Return whether every letter of a sequence may come."""
    state = 0
    for letter in sequence:
        if not machine.legal[state, letter]:
            return False
        state = machine.successor[state, letter]
    return True


def drawn(machine: Machine, count: int, ticks: int) -> Iterator[Letters]:
    """Yield random legal sequences, in each of which an input has its own chance to be True."""
    rng = np.random.default_rng(0)
    bits = machine.letters
    chance = rng.random((count, bits.shape[1]))
    each = np.where(bits, chance[:, None, :], 1 - chance[:, None, :]).prod(axis=2)
    states = np.zeros(count, int)
    chosen = []
    for _ in range(ticks):
        likely = np.cumsum(each * machine.legal[states], axis=1)
        point = rng.random(count) * likely[:, -1]
        chosen.append((likely <= point[:, None]).sum(axis=1))
        states = machine.successor[states, chosen[-1]]
    yield from map(tuple, np.stack(chosen, axis=1).tolist())


def mistakes(program: Task, oracle: Oracle, tried: Iterable[Letters]) -> list[Letters]:
    """Return the sequences to whose last tick a program answers otherwise than the oracle says."""
    own = raw(program)
    step, side = cache(own.step), program.input_signals
    alphabet = [side.values(tuple(row)) for row in side.alphabet.tolist()]
    wrong = []
    for sequence in tried:
        history = (
            [*zip(*(alphabet[letter] for letter in sequence), strict=True)]
            if side.ports
            else words(sequence, len(side.bits))
        )
        state = own.start
        for tick, letter in enumerate(sequence, 1):
            state, given = step(state, *alphabet[letter])
            said = oracle(*(word[:tick] for word in history))
            if said is not None and given != said:
                wrong.append(sequence[:tick])
    return wrong


def words(sequence: Letters, width: int) -> tuple[str, ...]:
    """Return what each of `width` inputs is over a sequence, as a string of 0 and 1."""
    places = reversed(range(width)) if width else (0,)
    return tuple("".join("01"[letter >> place & 1] for letter in sequence) for place in places)


def disagreements(task: Task, law: Law) -> list[Letters]:
    """Return the sequences whose last letter is legal for the task and not by law, or otherwise."""
    machine, width = tabulate(task), len(task.inputs)
    ends: list[tuple[int, Letters]] = [(0, ())]
    found = []
    for _ in range(TICKS):
        reached = []
        for (state, past), letter in itertools.product(ends, range(2**width)):
            sequence = (*past, letter)
            legal = bool(machine.legal[state, letter])
            if legal != law(*words(sequence, width)):
                found.append(sequence)
            if legal:
                reached.append((int(machine.successor[state, letter]), sequence))
        ends = reached[:EVERY]
    return found
