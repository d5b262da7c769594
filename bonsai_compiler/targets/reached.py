"""The states that a graph of logic comes to, and words that pass every transition between them."""

from collections import deque

import numpy as np

from bonsai_compiler.equivalence.system import GraphSystem
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.fsm.mealy import Tabulated, tabulated
from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.specification.machine import Machine

MOST_TICKS = 20_000
"""A tour that has not passed every transition by then is broken off."""


def reached(graph: Graph) -> Tabulated:
    """Return the machine of a graph; raises BonsaiError where it has too many states."""
    found = tabulated(GraphSystem(graph))
    if found is None:
        raise BonsaiError(f"{graph.name}: has too many states and inputs to list them all")
    return found


def tour(machine: Machine, most: int = MOST_TICKS) -> list[int]:
    """Return letters that pass every transition of a machine, or `most` letters.

    From each state the nearest transition that was not passed yet comes next; one that no way
    leads to any more is left out.
    """
    successor = machine.successor
    fresh = machine.legal.copy()
    letters: list[int] = []
    state = 0
    while fresh.any() and len(letters) < most:
        way = _way(successor, machine.legal, fresh, state)
        if way is None:
            break
        for letter in way:
            fresh[state, letter] = False
            state = int(successor[state, letter])
        letters += way
    return letters[:most]


def _way(
    successor: "np.ndarray[tuple[int, int], np.dtype[np.int32]]",
    legal: "np.ndarray[tuple[int, int], np.dtype[np.bool_]]",
    fresh: "np.ndarray[tuple[int, int], np.dtype[np.bool_]]",
    start: int,
) -> list[int] | None:
    """Return the shortest letters from a state that end with a fresh transition."""
    came: dict[int, tuple[int, int]] = {start: (-1, -1)}
    queue = deque([start])
    while queue:
        state = queue.popleft()
        ready = np.flatnonzero(fresh[state])
        if len(ready):
            letters = [int(ready[0])]
            while came[state][0] >= 0:
                state, letter = came[state]
                letters.append(letter)
            return letters[::-1]
        for letter in np.flatnonzero(legal[state]).tolist():
            following = int(successor[state, letter])
            if following >= 0 and following not in came:
                came[following] = state, letter
                queue.append(following)
    return None
