"""The states that a graph of logic comes to, and words that pass every transition between them."""

from collections import deque
from collections.abc import Iterator

import numpy as np

from bonsai_compiler.equivalence.system import GraphSystem
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.fsm.mealy import Tabulated, tabulated
from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.specification.machine import Machine

MOST_TICKS = 20_000
"""Words that have not passed every transition in so many ticks are broken off."""


def reached(graph: Graph) -> Tabulated:
    """Return the machine of a graph; raises BonsaiError where it has too many states."""
    found = tabulated(GraphSystem(graph))
    if found is None:
        raise BonsaiError(f"{graph.name}: has too many states and inputs to list them all")
    return found


def tours(machine: Machine, most: int = MOST_TICKS) -> list[list[int]]:
    """Return words, each of letters from the start on, that pass every legal transition.

    From each state the nearest transition that was not passed yet comes next; where no way leads to
    one any more, the next word begins. They have at most `most` letters together, and then need not
    pass all.
    """
    fresh = machine.legal.copy()
    ways: _Ways = {}
    # What comes before the first of these has nothing fresh any more, and never will.
    nearest = _outward(machine, 0, ways)
    begun = next(nearest, None)
    words: list[list[int]] = []
    left = most
    while left > 0:
        while begun is not None and not fresh[begun].any():
            begun = next(nearest, None)
        if begun is None:
            break
        word: list[int] = []
        way: list[int] | None = _back(ways, begun)
        state = begun
        while way is not None:
            letter = int(fresh[state].argmax())
            fresh[state, letter] = False
            word += [*way, letter]
            if len(word) >= left:
                break
            state, way = _nearest(machine, fresh, int(machine.successor[state, letter]))
        words.append(word[:left])
        left -= len(words[-1])
    return words


_Ways = dict[int, tuple[int, int]]
"""For states that were come to: the one before, and the letter that led on from there."""


def _outward(machine: Machine, start: int, ways: _Ways) -> Iterator[int]:
    """Yield the states that legal letters lead to, the nearest first, and note the ways there.

    None where it starts past a horizon.
    """
    if start < 0:
        return
    ways[start] = -1, -1
    queue = deque([start])
    while queue:
        state = queue.popleft()
        yield state
        for letter in np.flatnonzero(machine.legal[state]).tolist():
            following = int(machine.successor[state, letter])
            if following >= 0 and following not in ways:
                ways[following] = state, letter
                queue.append(following)


def _nearest(
    machine: Machine, fresh: "np.ndarray[tuple[int, int], np.dtype[np.bool_]]", start: int
) -> tuple[int, list[int] | None]:
    """Return the nearest state with a fresh transition, and the letters to it; None if none is."""
    ways: _Ways = {}
    for state in _outward(machine, start, ways):
        if fresh[state].any():
            return state, _back(ways, state)
    return start, None


def _back(ways: _Ways, state: int) -> list[int]:
    """Return the letters to a state."""
    letters: list[int] = []
    while ways[state][0] >= 0:
        state, letter = ways[state]
        letters.append(letter)
    return letters[::-1]
