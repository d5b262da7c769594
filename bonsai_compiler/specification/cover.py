"""A small machine that does as another one does for as long as its horizon.

Past the horizon nothing is asked, so that states which differ only later may be one. Source: the
minimal cover automata of finite languages (Câmpeanu, Sântean and Yu, 1999), with outputs.
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from bonsai_compiler.specification.machine import Machine, numbered

Numbers = npt.NDArray[np.int64]


def cover(machine: Machine) -> Machine:
    """Return a machine that answers alike to every sequence up to the horizon, with fewer states.

    A state that is reached at the earliest on tick t has horizon - t ticks to go; it becomes one
    with the first state found that is equivalent for so long. Without a horizon nothing changes.
    """
    if machine.horizon is None:
        return machine
    levels = _levels(machine, machine.horizon)
    equivalence = _equivalence_by_ticks(machine, machine.horizon)
    stands_for = np.full(machine.size, -1)
    kept: list[int] = []
    for tick, members in enumerate(levels):
        # What is equivalent for ever was told apart once, after fewer rounds.
        classes = equivalence[min(machine.horizon - tick, len(equivalence) - 1)]
        first = {int(classes[state]): state for state in reversed(kept)}
        for state in members.tolist():
            found = first.setdefault(int(classes[state]), state)
            stands_for[state] = found
            if found == state:
                kept.append(state)
    # The last place is that of -1, for what is reached past the horizon.
    number = np.full(machine.size + 1, -1)
    number[kept] = np.arange(len(kept))
    successor = machine.successor[kept]
    return replace(
        machine,
        successor=np.where(successor >= 0, number[stands_for[successor]], -1).astype(np.int32),
        output=machine.output[kept],
        legal=machine.legal[kept],
        numbers=None if machine.numbers is None else machine.numbers[kept],
    )


def _levels(machine: Machine, ticks: int) -> list[Numbers]:
    """Return the states by the earliest tick, of the first `ticks`, before which they are met."""
    met = np.zeros(machine.size, bool)
    met[0] = True
    levels = [np.array([0])]
    while len(levels) < ticks and len(levels[-1]):
        reached = np.unique(machine.successor[levels[-1]])
        fresh = reached[(reached >= 0) & ~met[reached]]
        met[fresh] = True
        levels.append(fresh)
    return levels


def _equivalence_by_ticks(machine: Machine, ticks: int) -> list[Numbers]:
    """Return for 0, 1, ... ticks the class of each state, by equivalence for so many ticks.

    The list ends early where more ticks tell no more states apart.
    """
    answers = machine.output.reshape(machine.size, -1), machine.legal.astype(np.int8)
    own = numbered(np.concatenate(answers, axis=1))
    classes = [np.zeros(machine.size, np.int64), own]
    while len(classes) <= ticks and classes[-1].max() > classes[-2].max():
        before = classes[-1]
        following = np.where(machine.successor >= 0, before[machine.successor], -1)
        classes.append(numbered(np.column_stack([own, following])))
    return classes
