"""The states that a graph of logic comes to, and words that pass every transition between them."""

from collections import deque

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
    words: list[list[int]] = []
    left = most
    while left > 0 and fresh.any():
        word: list[int] = []
        state = 0
        while len(word) < left and (way := _way(machine, fresh, state)):
            for letter in way:
                fresh[state, letter] = False
                state = int(machine.successor[state, letter])
            word += way
        if not word:
            break
        words.append(word[:left])
        left -= len(word)
    return words


def _way(
    machine: Machine, fresh: "np.ndarray[tuple[int, int], np.dtype[np.bool_]]", start: int
) -> list[int]:
    """Return the shortest letters from a state that end with a fresh transition; none if none do.

    A transition that leads to no state, past a horizon, ends the word.
    """
    came: dict[int, tuple[int, int]] = {start: (-1, -1)}
    queue = deque([start] if start >= 0 else [])
    while queue:
        state = queue.popleft()
        ready = np.flatnonzero(fresh[state])
        if len(ready):
            letters = [int(ready[0])]
            while came[state][0] >= 0:
                state, letter = came[state]
                letters.append(letter)
            return letters[::-1]
        for letter in np.flatnonzero(machine.legal[state]).tolist():
            following = int(machine.successor[state, letter])
            if following >= 0 and following not in came:
                came[following] = state, letter
                queue.append(following)
    return []
