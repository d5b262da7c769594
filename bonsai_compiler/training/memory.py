"""What each state of a machine remembers as it is: bits of the last letter and of its outputs.

A running maximum remembers its last output, a comparison with the input before the last letter.
Where that is an integer, its bits are a better code for the state than corners drawn at random:
what comes next depends on sums of them.
"""

import numpy as np
import numpy.typing as npt

from bonsai_compiler.specification.machine import Machine


def remembered(machine: Machine) -> npt.NDArray[np.int8]:
    """Return (states, bits) of -1 and 1: the bits that every way into a state agrees on.

    Bits of outputs come first. Only those are given that all states remember; 0 stands for the
    bits of a state that nothing leads to. Of a machine without integers no bit is given.
    """
    if not machine.ports:
        return np.zeros((machine.size, 0), np.int8)
    states, letters = np.nonzero(machine.legal & (machine.successor >= 0))
    reached = machine.successor[states, letters]
    bits = np.concatenate(
        [machine.output[states, letters], machine.letters[letters].astype(np.int8) * 2 - 1], axis=1
    )
    total = np.zeros((machine.size, bits.shape[1]))
    np.add.at(total, reached, bits)
    ways = np.bincount(reached, minlength=machine.size)[:, None]
    agreed = (np.abs(total) == ways).all(axis=0) & (np.ptp(total, axis=0) > 0)
    return np.asarray(np.sign(total[:, agreed]), dtype=np.int8)
