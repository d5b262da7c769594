"""A machine that remembers its last letters: a region for each history is smaller than one."""

from dataclasses import replace

import numpy as np

from bonsai_compiler.regions.zonotopes import Numbers
from bonsai_compiler.specification.machine import Machine


def remembering(machine: Machine, letters: int, most: int) -> tuple[Machine, Numbers] | None:
    """Return the machine whose states also know the last so many letters, and each one's own state.

    State 0 is the start, which remembers nothing. None where that takes more than `most` states.
    """
    numbers: dict[tuple[int, tuple[int, ...]], int] = {(0, ()): 0}
    met: list[tuple[int, tuple[int, ...]]] = [(0, ())]
    successor = []
    for state, history in met:
        row = np.full(machine.successor.shape[1], -1, dtype=np.int32)
        for letter in np.flatnonzero(machine.legal[state]).tolist():
            following = int(machine.successor[state, letter])
            if following < 0:
                continue
            key = following, (*history, letter)[-letters:] if letters else ()
            if key not in numbers:
                if len(met) >= most:
                    return None
                numbers[key] = len(met)
                met.append(key)
            row[letter] = numbers[key]
        successor.append(row)
    own = np.array([state for state, _ in met], dtype=np.int64)
    refined = replace(
        machine,
        successor=np.array(successor),
        output=machine.output[own],
        legal=machine.legal[own],
        numbers=None,
    )
    return refined, own
