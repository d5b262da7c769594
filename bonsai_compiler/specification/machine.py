"""The machine of a task, tabulated: every state that legal inputs reach, as arrays."""

import math
import time
import warnings
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from bonsai_compiler.errors import BonsaiError, BonsaiWarning
from bonsai_compiler.ir.ports import Port
from bonsai_compiler.ir.signals import Interface, Signals
from bonsai_compiler.specification.task import Answers, Task

MOST_INPUTS = 16
"""Each bit more doubles the letters, and with them every table and search."""

MOST_LETTERS = 2**MOST_INPUTS
"""The same where integers are among the inputs: not every word of their bits is a letter."""

LONG = 5.0
"""After so many seconds of looking for states it is said that there are more and more."""

SLICE = 65_536
"""How many steps are taken at once, so that memory stays bounded."""


@dataclass(frozen=True, eq=False)
class Machine(Interface):
    """A Mealy machine over bits; state 0 is the start.

    A *letter* is one choice of all inputs, bits or the integers of `ports`, numbered so that the
    last input changes the fastest. `successor[state, letter]` is the next state, or -1 where the
    letter is illegal or the tick lies past the horizon. `output[state, letter, k]` is 1 for True,
    -1 for False and 0 for "don't care". `legal[state, letter]` says which letters may come. With a
    `horizon` the machine is what the task says for that many ticks from the start, no more.
    """

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    successor: npt.NDArray[np.int32]
    output: npt.NDArray[np.int8]
    legal: npt.NDArray[np.bool_]
    horizon: int | None = None
    ports: tuple[Port, ...] = ()
    numbers: npt.NDArray[np.int64] | None = None
    """For each state the number that a task knows it by, or one that behaves as it does."""

    @cached_property
    def minimal_size(self) -> int:
        """The number of states that behave differently."""
        return int(minimal_classes(self).max()) + 1

    @property
    def size(self) -> int:
        """The number of states."""
        return len(self.successor)

    @property
    def letters(self) -> npt.NDArray[np.bool_]:
        """The bits of every letter, shape (letters, inputs)."""
        return self.input_signals.alphabet


def too_many(inputs: Signals) -> str | None:
    """Return why inputs have more letters than any table or search could hold; None if not."""
    if inputs.size <= MOST_LETTERS:
        return None
    if not inputs.ports:
        return f"there are {len(inputs.bits)} inputs; {MOST_INPUTS} are the most"
    return f"inputs have {inputs.size:,} choices of values; {MOST_LETTERS:,} are the most"


def letters(width: int) -> npt.NDArray[np.bool_]:
    """Return all choices of `width` bits in binary order, shape (2**width, width)."""
    numbers = np.arange(2**width)[:, None]
    return (numbers >> np.arange(width)[::-1] & 1).astype(bool)


def tabulate(task: Task, limit: int = 65_536) -> Machine:
    """Return the machine of a task that has a `step`, explored breadth first from its start.

    With a horizon, states are explored to that depth only. Raises BonsaiError when more than
    `limit` states are reached, or when more than 16 * `limit` transitions would be.
    """
    assert task.has_step
    size = task.input_signals.size
    successor, output, legal = [], [], []
    first, last, depth = 0, 1, 0
    patient = time.monotonic() + LONG
    while first < last and (task.horizon is None or depth < task.horizon):
        found = last
        for start in range(first, last, max(SLICE // size, 1)):
            states = np.arange(start, min(start + max(SLICE // size, 1), last))
            answers, admitted = _followed(task, states)
            successor.append(np.full(admitted.shape, -1, dtype=np.int32))
            successor[-1][admitted] = answers.following
            output.append(np.zeros((*admitted.shape, len(task.outputs)), dtype=np.int8))
            output[-1][admitted] = answers.outputs
            legal.append(admitted)
            found = max(found, int(answers.following.max(initial=0)) + 1)
            if found > limit or found * size > 16 * limit:
                raise BonsaiError(
                    f"{task.path}: the states do not close within {min(limit, found):,} of "
                    "them; bound what step remembers, or set a horizon"
                )
        first, last, depth = last, found, depth + 1
        if first < last and time.monotonic() > patient:
            patient = math.inf
            said = f"{last:,} states so far, {limit:,} at most; bound what step remembers"
            warnings.warn(BonsaiWarning(f"{task.path}: {said}, if they never end"), stacklevel=2)
    task.expect_pure()
    if not legal[0][0].any():
        raise BonsaiError(f"{task.path}: legal admits no input at the start")
    table = np.concatenate(successor)
    # States first met at the horizon were never expanded: nothing is said about what follows.
    table[table >= len(table)] = -1
    return Machine(
        task.inputs,
        task.outputs,
        table,
        np.concatenate(output),
        np.concatenate(legal),
        task.horizon,
        task.ports,
        np.arange(len(table)),
    )


def _followed(task: Task, states: npt.NDArray[np.int64]) -> tuple[Answers, npt.NDArray[np.bool_]]:
    """Return what each legal letter leads to in some states, and which letters are legal there."""
    admitted = task.legal(states)
    rows, letters = np.nonzero(admitted)
    answers = task.step(states[rows], letters)
    if answers.faults:
        raise BonsaiError(answers.faults[min(answers.faults)])
    return answers, admitted


def minimized(machine: Machine) -> Machine:
    """Return the machine with one state for each equivalence class; 0 is still the start."""
    return quotient(machine, minimal_classes(machine))


def quotient(machine: Machine, classes: npt.NDArray[np.int64]) -> Machine:
    """Return the machine of the classes of equivalent states, numbered by the classes."""
    members = np.unique(classes, return_index=True)[1]
    successor = machine.successor[members]
    return replace(
        machine,
        successor=np.where(successor >= 0, classes[successor], -1).astype(np.int32),
        output=machine.output[members],
        legal=machine.legal[members],
        numbers=None if machine.numbers is None else machine.numbers[members],
    )


def minimal_classes(machine: Machine) -> npt.NDArray[np.int64]:
    """Return the class of each state in the coarsest partition into equivalent states.

    Classes are numbered by their first states, so that the start's is 0. Moore's partition
    refinement, in which a round looks only at the states that lead to what the round before has
    moved to a new class. "Don't care" counts as an output of its own, so with don't-cares a
    smaller machine may exist.
    """
    successor = machine.successor
    classes = numbered(
        np.concatenate(
            [machine.output.reshape(machine.size, -1), machine.legal.astype(np.int8)], axis=1
        )
    )
    count = int(classes.max()) + 1
    touched = np.arange(machine.size)
    while len(touched):
        before = classes[touched]
        following = np.where(successor[touched] >= 0, classes[successor[touched]], -1)
        parts = numbered(np.column_stack([before, following]))
        owners = before[np.unique(parts, return_index=True)[1]]
        moves = ~_keeps_number(classes, before, owners, np.bincount(parts))
        numbers = owners.copy()
        numbers[moves] = count + np.arange(moves.sum())
        count += int(moves.sum())
        classes[touched] = numbers[parts]
        # The last place is that of -1, where no letter leads.
        moved = np.zeros(machine.size + 1, dtype=bool)
        moved[touched] = moves[parts]
        touched = np.flatnonzero(moved[successor].any(axis=1))
    first, member = np.unique(classes, return_index=True, return_inverse=True)[1:]
    return np.asarray(np.argsort(np.argsort(first))[member.reshape(-1)])


def _keeps_number(
    classes: npt.NDArray[np.int64],
    before: npt.NDArray[np.int64],
    owners: npt.NDArray[np.int64],
    sizes: npt.NDArray[np.int64],
) -> npt.NDArray[np.bool_]:
    """Return which parts keep their class's number: the largest, where no member stays behind."""
    emptied = np.bincount(classes) == np.bincount(before, minlength=int(classes.max()) + 1)
    largest_first = np.lexsort((-sizes, owners))
    keeps = np.zeros(len(owners), dtype=bool)
    keeps[largest_first[np.unique(owners[largest_first], return_index=True)[1]]] = True
    return np.asarray(keeps & emptied[owners])


def numbered(rows: npt.NDArray[np.signedinteger]) -> npt.NDArray[np.int64]:
    """Return a number for each row, the same for equal rows and no other."""
    return np.asarray(np.unique(rows, axis=0, return_inverse=True)[1].reshape(-1))
