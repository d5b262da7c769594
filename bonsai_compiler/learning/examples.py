"""The machine behind a task of `examples`, where one of few states explains all that it gives.

What is then proved is equal to that machine; nothing is claimed of the examples beyond the fresh
ones that it was tried on.
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from bonsai_compiler.learning.learner import TooLargeError
from bonsai_compiler.learning.merging import Table, Trace, merged
from bonsai_compiler.specification.machine import Machine, minimized
from bonsai_compiler.specification.table import TableFunctions
from bonsai_compiler.specification.task import Basis, Task

MOST_STATES = 64
"""How many states a machine may have to be an explanation; more would be a list of the examples."""

LEARNED = ((256, 16), (512, 32), (1024, 64))
"""How many sequences are learned from, and of how many ticks: more where those before misled."""

FRESH = ((2048, 200), (64, 2000))
"""How many sequences a machine is tried on, and of how many ticks: some rare, some late."""


def learned_from_examples(task: Task, seed: int) -> Task | None:
    """Return the task of the machine that explains the examples of a task.

    None where none of few states does: where one was found from some, others refuted it. Letters
    that no example takes in a state may not come there. Raises BonsaiError where `examples` fails.
    """
    rng = np.random.default_rng((seed, 1))
    for sequences, ticks in LEARNED:
        drawn = _drawn(task, rng, sequences, ticks)
        try:
            # Not AALpy's learner: of noise it makes hundreds of states, and takes a minute to.
            table = merged(_traces(task, *drawn), 0.0, MOST_STATES)
        except TooLargeError:
            return None
        machine = _machine(task, table)
        tries = (_drawn(task, rng, *size) for size in FRESH)
        if all(_explains(machine, *fresh) for fresh in tries):
            return _told(task, minimized(machine), sequences)
    return None


def _told(task: Task, machine: Machine, sequences: int) -> Task:
    """Return the task of a machine that was learned from so many sequences."""
    tried = sum(count for count, _ in FRESH)
    basis = Basis(
        f"the machine learned from {sequences:,} sequences of examples",
        f"0 of {tried:,} fresh sequences disagree",
        (
            "learned by state merging; fresh sequences of "
            f"{' and '.join(f'{ticks:,}' for _, ticks in FRESH)} ticks were tried on it, and "
            "nothing is said of any other",
        ),
    )
    functions = TableFunctions(machine, task.functions.neighbours)
    return replace(task, functions=functions, has_step=True, basis=basis)


Drawn = npt.NDArray[np.float32]


def _drawn(task: Task, rng: np.random.Generator, sequences: int, ticks: int) -> tuple[Drawn, Drawn]:
    return task.draw(rng, sequences, min(ticks, task.horizon or ticks))


def _traces(task: Task, x: Drawn, y: Drawn) -> list[Trace]:
    """Return examples as words: the numbers of letters, and outputs where all of them are told."""
    numbers = task.input_signals.letter(x.reshape(-1, x.shape[-1]) > 0).reshape(x.shape[:2])
    return [
        (
            tuple(map(str, sequence)),
            tuple("" if 0 in bits else " ".join(map(str, bits)) for bits in outputs),
        )
        for sequence, outputs in zip(numbers, y.astype(int), strict=True)
    ]


def _machine(task: Task, table: Table) -> Machine:
    shape = len(table), task.input_signals.size
    successor = np.full(shape, -1, dtype=np.int32)
    output = np.zeros((*shape, len(task.outputs)), dtype=np.int8)
    for state, row in enumerate(table):
        for letter, (bits, target) in row.items():
            successor[state, int(letter)] = target
            if bits:
                output[state, int(letter)] = [int(bit) for bit in bits.split()]
    return Machine(
        task.inputs, task.outputs, successor, output, successor >= 0, task.horizon, task.ports
    )


def _explains(machine: Machine, x: Drawn, y: Drawn) -> bool:
    """Return whether a machine takes all sequences and puts out all that they tell."""
    letters = machine.input_signals.letter(x.reshape(-1, x.shape[-1]) > 0).reshape(x.shape[:2])
    states = np.zeros(len(letters), dtype=np.int64)
    for chosen, told in zip(letters.T, np.moveaxis(y, 1, 0), strict=True):
        given = machine.output[states, chosen]
        states = machine.successor[states, chosen].astype(np.int64)
        if (states < 0).any() or ((told != 0) & (told != given)).any():
            return False
    return True
