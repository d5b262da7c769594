"""Machines that benchmarks measure with."""

import numpy as np

from bonsai_compiler.specification.machine import Machine, letters


def shift_register(inputs: int, states: int) -> Machine:
    """Return the machine whose output is the parity of all inputs, `states` ticks ago."""
    alphabet = letters(inputs)
    parity = alphabet.sum(1) % 2
    held = np.arange(2**states)
    successor = (held[:, None] * 2 + parity[None, :]) % 2**states
    oldest = np.where(held >> (states - 1) & 1, 1, -1)
    output = np.repeat(oldest[:, None], len(alphabet), axis=1)[:, :, None]
    names = tuple(f"x{place}" for place in range(inputs))
    legal = np.ones(successor.shape, bool)
    return Machine(names, ("y",), successor.astype(np.int32), output.astype(np.int8), legal)
