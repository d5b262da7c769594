"""Partitions of a machine's states that letters respect: what can be said of a state by itself.

Where the blocks of a partition lead to blocks, they are the states of a smaller machine, which
runs along with the whole and needs to know nothing of the rest (Hartmanis and Stearns: the
partitions with the substitution property). Two whose meet tells all states apart are the whole
machine, side by side.
"""

from collections.abc import Iterable
from functools import reduce
from itertools import combinations

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
Partition = tuple[int, ...]
"""The block of each state, numbered by first states."""

MOST_WORK = 2_000_000
"""Beyond so many steps no partitions are looked for."""

MOST_PARTITIONS = 200


def normalised(blocks: Iterable[int]) -> Partition:
    """Return a partition with its blocks numbered by their first states."""
    numbers: dict[int, int] = {}
    return tuple(numbers.setdefault(block, len(numbers)) for block in blocks)


def size(partition: Partition) -> int:
    """Return how many blocks there are."""
    return max(partition) + 1


def meet(partitions: Iterable[Partition]) -> Partition:
    """Return the partition that tells apart what any of these does."""

    def both(one: Partition, other: Partition) -> Partition:
        count = size(other)
        return normalised(a * count + b for a, b in zip(one, other, strict=True))

    whole: Partition = reduce(both, partitions)
    return whole


def generated(actions: Numbers, together: Iterable[tuple[int, int]]) -> Partition:
    """Return the finest respected partition that puts these pairs of states together.

    `actions` (letters, states) hold the next state, -1 where a letter cannot come.
    """
    states = int(actions.shape[1])
    parents = list(range(states))
    leads: list[list[int]] = actions.T.tolist()

    def root(state: int) -> int:
        while parents[state] != state:
            parents[state] = parents[parents[state]]
            state = parents[state]
        return state

    left, blocks = list(together), states
    while left and blocks > 1:
        one, other = map(root, left.pop())
        if one == other:
            continue
        parents[other] = one
        blocks -= 1
        for place, (to, beside) in enumerate(zip(leads[one], leads[other], strict=True)):
            if to < 0:
                leads[one][place] = beside
            elif beside >= 0 and to != beside:
                left.append((to, beside))
    if blocks == 1:
        return tuple([0] * states)
    return normalised([root(state) for state in range(states)])


def join(partition: Partition, together: Iterable[tuple[int, int]]) -> Partition:
    """Return the finest partition that also puts these pairs of states together."""
    blocks = partition
    for one, other in together:
        kept, gone = blocks[one], blocks[other]
        if kept != gone:
            blocks = tuple(kept if block == gone else block for block in blocks)
    return normalised(blocks)


def respected_partitions(actions: Numbers) -> list[Partition]:
    """Return the partitions that all letters respect, the coarse first; not the two trivial ones.

    Each is a join of those that one pair generates. None are returned where that would take long;
    beyond MOST_PARTITIONS some are left out.
    """
    letters, states = actions.shape
    if letters * states**3 > MOST_WORK:
        return []
    basic = {generated(actions, [pair]) for pair in combinations(range(states), 2)}
    found = {partition for partition in basic if size(partition) > 1}
    basic = set(found)
    left = sorted(found, key=size)
    # Where every letter may come, what two respected partitions join is respected as it is.
    complete = bool((actions >= 0).all())
    closures: dict[Partition, Partition] = {}
    pairs = {partition: _pairs(partition) for partition in basic}
    while left and len(found) < MOST_PARTITIONS:
        one = left.pop()
        for more in pairs.values():
            whole = join(one, more)
            if not complete and whole != one:
                if whole not in closures:
                    closures[whole] = generated(actions, _pairs(whole))
                whole = closures[whole]
            if size(whole) > 1 and whole not in found:
                found.add(whole)
                left.append(whole)
    return sorted(found, key=lambda partition: (size(partition), partition))


def quotient_actions(actions: Numbers, partition: Partition) -> Numbers:
    """Return where the letters lead blocks, (letters, blocks); -1 where none of a block may."""
    blocks = np.array(partition)
    result = np.full((len(actions), size(partition)), -1, dtype=np.int64)
    for state, block in enumerate(partition):
        known = actions[:, state] >= 0
        result[known, block] = blocks[actions[known, state]]
    return result


def _pairs(partition: Partition) -> list[tuple[int, int]]:
    first: dict[int, int] = {}
    return [(first.setdefault(block, state), state) for state, block in enumerate(partition)]
