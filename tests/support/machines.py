"""Small machines to grow for, tabulated from a step function."""

from collections.abc import Callable, Hashable
from typing import Any

import numpy as np

from bonsai_compiler.specification.machine import Machine, letters


def tabulate(
    step: Callable[..., tuple[Any, Any]],
    start: Hashable,
    inputs: int,
    outputs: int = 1,
    legal: Callable[..., bool] | None = None,
) -> Machine:
    """Return the machine of `step(state, *bits) -> (state, output)`."""
    states, successor, output, allowed = [start], [], [], []
    for state in states:
        row, values, may = [], [], []
        for letter in letters(inputs).tolist():
            may.append(legal is None or legal(state, *letter))
            after, value = step(state, *letter) if may[-1] else (state, None)
            if after not in states:
                states.append(after)
            row.append(states.index(after) if may[-1] else -1)
            several = value if isinstance(value, tuple) else (value,) * outputs
            values.append([0 if bit is None else 1 if bit else -1 for bit in several])
        successor.append(row)
        output.append(values)
        allowed.append(may)
    return Machine(
        inputs=tuple(f"x{index}" for index in range(inputs)),
        outputs=tuple(f"y{index}" for index in range(outputs)),
        successor=np.array(successor, np.int32),
        output=np.array(output, np.int8),
        legal=np.array(allowed),
    )


def delay1() -> Machine:
    """The input of the tick before."""
    return tabulate(lambda state, x: (x, state), False, 1)


def delay2() -> Machine:
    """The input from two ticks ago."""
    return tabulate(lambda state, x: ((state[1], x), state[0]), (False, False), 1)


def loop3() -> Machine:
    """False, False, True for ever, without inputs."""
    return tabulate(lambda state: ((state + 1) % 3, state == 2), 0, 0)


def modulo3() -> Machine:
    """Whether the number of ones so far is divisible by three."""
    return tabulate(lambda state, x: ((state + x) % 3, (state + x) % 3 == 0), 0, 1)


def stack() -> Machine:
    """Balanced parentheses to depth 8: False opens, True closes."""
    return tabulate(
        lambda depth, x: (depth + (-1 if x else 1), depth + (-1 if x else 1) == 0),
        0,
        1,
        legal=lambda depth, x: depth > 0 if x else depth < 8,
    )


def walk(machine, sequence):
    """The states of a machine before each tick and after the last, and what it outputs."""
    states, outputs = [0], []
    for bits in sequence:
        letter = sum(int(bit) << place for place, bit in enumerate(reversed(bits)))
        outputs.append(tuple(machine.output[states[-1], letter].tolist()))
        states.append(int(machine.successor[states[-1], letter]))
    return states, outputs
