"""Codes: what the states of a machine are in a network.

A code is (states, bits) of numbers from -1 to 1, a row for each state of the task's machine. Most
are corners, of -1 and 1 only. Which code is chosen decides how small a network can be and how it
reads: the classic problem of state assignment. So codes are drawn in several ways, and bred.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Code = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int64]

MOST_SPARE = 3
"""How many bits beyond the fewest a code that is drawn may have."""

MOST_LEVELS = 16
"""How many evenly spaced levels one state of a network may have."""

FEW, MOST_BITS = 4, 64
"""A member of up to so many values may be drawn with a bit for each; so many at most in all."""


def fewest_bits(states: int) -> int:
    """Return how many corners' bits tell so many states apart."""
    return max(0, states - 1).bit_length()


def is_code(code: Code) -> bool:
    """Return whether a code tells all states apart."""
    return len(np.unique(code, axis=0)) == len(code)


def corners(numbers: Numbers, bits: int) -> Code:
    """Return the binary digits of numbers (states,), the highest first, as -1 and 1."""
    digits = numbers[:, None] >> np.arange(bits)[::-1] & 1
    return np.where(digits, 1.0, -1.0).astype(np.float32)


def random_corners(states: int, bits: int, rng: np.random.Generator) -> Code:
    """Return distinct corners, drawn evenly."""
    if bits <= 20:
        return corners(rng.permutation(2**bits)[:states], bits)
    return np.where(rng.random((states, bits)) < 0.5, 1.0, -1.0).astype(np.float32)


def gray(numbers: Numbers, bits: int) -> Code:
    """Return the Gray code of numbers: neighbours differ in one bit."""
    return corners(numbers ^ numbers >> 1, bits)


def one_hot(numbers: Numbers, count: int) -> Code:
    """Return a bit for each number but the first, 1 for that number alone."""
    return np.where(numbers[:, None] == np.arange(1, count), 1.0, -1.0).astype(np.float32)


def thermometer(numbers: Numbers, count: int) -> Code:
    """Return a bit for each number but the first, 1 from that number on."""
    return np.where(numbers[:, None] >= np.arange(1, count), 1.0, -1.0).astype(np.float32)


def levels(numbers: Numbers, count: int) -> Code:
    """Return one column of evenly spaced levels from -1 to 1."""
    return (2.0 * numbers[:, None] / max(1, count - 1) - 1.0).astype(np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """A part of what a task's own states are: its ranks (states,), which are of numbers or not."""

    ranks: Numbers
    numeric: bool

    @property
    def count(self) -> int:
        """How many values it has."""
        return int(self.ranks.max(initial=-1)) + 1


def members(values: Sequence[Any]) -> list[Member]:
    """Return what the values of a task's own states are made of.

    A tuple's members are members of their own. Numbers are ranked by size, all else as met first.
    """
    if all(isinstance(value, tuple) for value in values):
        widths = {len(value) for value in values}
        if len(widths) == 1:
            return [member for part in zip(*values, strict=True) for member in members(part)]
    if all(isinstance(value, bool | int | float) for value in values):
        ranked = {value: rank for rank, value in enumerate(sorted(set(values)))}
        return [Member(np.array([ranked[value] for value in values]), True)]
    met: dict[str, int] = {}
    return [Member(np.array([met.setdefault(repr(value), len(met)) for value in values]), False)]


def unary(parts: Sequence[Member]) -> list[Code]:
    """Return wide codes of members, numbers of more than FEW values among them: a bit for each.

    What orders or counts needs no hidden layer with these.
    """
    counts = [member.count for member in parts if member.numeric]
    bits = sum(member.count - 1 for member in parts)
    if not FEW < max(counts, default=0) <= MOST_LEVELS or bits > MOST_BITS:
        return []
    codes = (
        np.concatenate([way(member.ranks, member.count) for member in parts], axis=1)
        for way in (thermometer, one_hot)
    )
    return [code for code in codes if is_code(code)]


def draw(
    states: int,
    parts: Sequence[Member],
    rng: np.random.Generator,
    *,
    spaced: bool,
) -> Code:
    """Return a code, drawn in a way that is drawn too.

    `parts` are the members of the task's own states, if it has any. With `spaced`, one may be a
    state of evenly spaced levels.
    """
    fewest = fewest_bits(states)
    own = [member for member in parts if member.count > 1]
    if own and rng.random() < 0.6:
        drawn = [_drawn(member, rng, spaced=spaced) for member in own]
        code = distinct(np.concatenate(drawn, axis=1), rng)
        if code.shape[1] <= fewest + MOST_SPARE or spaced:
            return code
    numbers = np.arange(states)
    if spaced and 2 < states <= MOST_LEVELS and rng.random() < 0.5:
        return levels(numbers, states)
    kind = rng.random()
    if kind < 0.15:
        return gray(numbers, fewest)
    if kind < 0.3 and states <= fewest + MOST_SPARE:
        return one_hot(numbers, states)
    return random_corners(states, fewest + int(rng.random() < 0.25), rng)


def _drawn(member: Member, rng: np.random.Generator, *, spaced: bool) -> Code:
    """Return one member of a task's states in a way that is drawn."""
    column, count = member.ranks, member.count
    bits = fewest_bits(count)
    if count > 2 and spaced and count <= MOST_LEVELS and rng.random() < 0.7:
        return levels(column, count)
    kind = rng.random()
    if count <= 2 or kind < 0.5:
        return corners(column, bits)
    if kind < 0.7:
        return gray(column, bits)
    if kind < 0.85 and count <= FEW:
        return thermometer(column, count)
    if count <= FEW:
        return one_hot(column, count)
    return corners(rng.permutation(2**bits)[column], bits)


def distinct(code: Code, rng: np.random.Generator) -> Code:
    """Return the code without columns that say nothing, and with bits that tell all apart."""
    varied = code[:, (code != code[:1]).any(0)] if len(code) > 1 else code[:, :0]
    groups = np.unique(varied, axis=0, return_inverse=True)[1].reshape(-1)
    sizes = np.bincount(groups)
    if sizes.max() == 1:
        return varied
    bits = fewest_bits(int(sizes.max()))
    ranks = np.zeros(len(code), np.int64)
    for group in np.flatnonzero(sizes > 1):
        members_ = np.flatnonzero(groups == group)
        ranks[members_] = rng.permutation(2**bits)[: len(members_)]
    return np.concatenate([varied, corners(ranks, bits)], axis=1)


def bred(code: Code, other: Code, rng: np.random.Generator) -> Code:
    """Return a code a little different from `code`, some columns of which may come from `other`."""
    states, bits = code.shape
    for _ in range(16):
        child = code.copy()
        kind = rng.random()
        if states < 2:
            return child
        if kind < 0.3:
            first, second = rng.choice(states, 2, replace=False)
            child[[first, second]] = child[[second, first]]
        elif kind < 0.5 and bits:
            child[rng.integers(states), rng.integers(bits)] *= -1.0
        elif kind < 0.6 and bits:
            place = rng.integers(bits)
            child[:, place] *= -1.0
            flipped = rng.random(states) < 0.5
            child[flipped, place] *= -1.0
        elif kind < 0.7:
            more = np.where(rng.random((states, 1)) < 0.5, 1.0, -1.0).astype(np.float32)
            child = np.concatenate([child, more], axis=1)
        elif kind < 0.85 and bits > fewest_bits(states):
            child = np.delete(child, rng.integers(bits), axis=1)
        elif other.shape[1]:
            column = other[:, [rng.integers(other.shape[1])]]
            if bits and rng.random() < 0.7:
                child[:, [rng.integers(bits)]] = column
            else:
                child = np.concatenate([child, column], axis=1)
        if is_code(child) and child.shape[1] <= max(bits, fewest_bits(states) + MOST_SPARE + 1):
            return child
    return code.copy()


def name_of(code: Code) -> bytes:
    """Return what two codes have in common that differ in the order and the signs of bits alone."""
    # A column's sign is that of its first number that has one; adding 0 makes -0 a 0.
    first = np.argmax(code != 0, axis=0)
    signs = np.where(code[first, np.arange(code.shape[1])] < 0, -1.0, 1.0)
    turned = code * signs.astype(np.float32) + np.float32(0.0)
    return turned[:, np.lexsort(turned)].tobytes()
