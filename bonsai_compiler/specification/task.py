"""A task: an ordinary Python module, class or function that says what a network should do.

It names `inputs` and `outputs` and gives `start` and `step(state, *inputs)`, which returns the
next state and the output; README.md documents the rest. The same task is the training data and
the specification to prove against, and every emitted program is a task file too.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.ports import Bits, Bools, Port
from bonsai_compiler.ir.signals import Interface, Signals
from bonsai_compiler.isolation.code import DONT_CARE, Fields

Numbers = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int8]


class Functions(Protocol):
    """The functions of a task, asked by the numbers of its states; 0 is the start's."""

    neighbours: Mapping[str, str]
    """A digest of each file that was imported from beside the task's."""

    @property
    def loops(self) -> tuple[str, ...]:
        """The names of generators of one argument that mention `start` and `step`."""

    def begin(self, letters: Sequence[tuple[Any, ...]], fields: Fields) -> str:
        """Get ready to be asked; return why `start` can be no state, empty if it can."""

    def fits(self, name: str, count: int) -> str:
        """Return why `name` is no function of `count` arguments; empty if it is."""

    def legal(self, numbers: Sequence[int], letters: Sequence[int] | None = None) -> bytes:
        """Return whether each letter may come in each state: a byte each, letters innermost.

        With `letters`, one for each of the states, whether just that one may.
        """

    def step(
        self, numbers: Sequence[int], letters: Sequence[int], *, guarded: bool
    ) -> tuple[Sequence[int], Sequence[int], dict[int, str]]:
        """Return the next states, the outputs (rows x fields), and the faults by row."""

    def state(self, number: int) -> Any:
        """Return the state that has a number; where it is no plain data, what its repr says."""

    def drawn(self, rng: np.random.Generator, batch: int, ticks: int) -> Any:
        """Return the pair of arrays of numbers that `examples` gives."""

    def generated(self, name: str, letters: Sequence[int]) -> tuple[list[Any], str]:
        """Return what the generator called `name` yields for a sequence, and why it ended early."""

    def answers(self, words: Sequence[Sequence[int]]) -> Sequence[int]:
        """Return what a black box puts out, tick by tick, to words that begin with a reset each."""

    def expect_pure(self) -> None:
        """Raise BonsaiError if what the functions can reach is not as it was before any answer."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What a task rests on that nobody wrote.

    What is proved is equal to the `machine`, such as "the machine learned by 52 questions"; `aside`
    is what has to be said beside it, and `how` are lines on how it was come by.
    """

    machine: str
    aside: str = ""
    how: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What `step` answered: next states (n,), bits (n, outputs), and the faults by row.

    A bit is 1, -1, or 0 for "don't care". Where there is a fault, the state is the one asked in.
    """

    following: Numbers
    outputs: Codes
    faults: Mapping[int, str]


@dataclass(frozen=True, eq=False)
class Task(Interface):
    """What a task says. It has a step, or examples only.

    `inputs` and `outputs` are names of bits. Where some of these make up the integers or words of
    `ports`, `step` takes and returns those, and all else here deals in bits. States are known by
    numbers, `start` by 0; the functions themselves may run in a process of their own.

    `path` is the file, or the name of what was written in a notebook. `generator` is the name of
    what an emitted program has for its user to call: what is called after the task or, in a file
    that was renamed, a loop around `step`; empty where there is neither.
    """

    path: Path
    name: str
    doc: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    functions: Functions = dataclasses.field(repr=False)
    has_step: bool = True
    horizon: int | None = None
    chance: Mapping[str, float] = dataclasses.field(default_factory=dict)
    growth: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    generator: str = ""
    source: str = ""
    ports: tuple[Port, ...] = ()
    is_box: bool = False
    """Whether it is a black box, which can be asked words and no more, until it was learned."""
    basis: Basis | None = None

    @property
    def start(self) -> int:
        """The number of the state before the first tick."""
        return 0

    def state(self, number: int) -> Any:
        """Return the state that has a number, as it is, or as a value whose `repr` is its own."""
        return self.functions.state(number)

    def legal(self, states: Numbers) -> Bools:
        """Return which letters may come in states (n,), shape (n, letters).

        Raises BonsaiError where `legal` raises or returns anything but a bool.
        """
        answer = self.functions.legal(states.tolist())
        shape = len(states), self.input_signals.size
        if len(answer) != shape[0] * shape[1]:
            raise BonsaiError(f"{self.path}: legal did not answer for each letter")
        return np.frombuffer(answer, dtype=np.uint8).reshape(shape) > 0

    def step(self, states: Numbers, letters: Numbers, *, guarded: bool = False) -> Answers:
        """Return what letters (n,) lead to in states (n,).

        `step` is called twice for each: it is a fault when the two answers differ, when it raises,
        or when it returns anything but a state that can be told from others, and bools and the
        integers of ports. If `guarded`, it is one too when the task's own `legal` refuses a letter.
        """
        asked = states.tolist(), letters.tolist()
        following, values, faults = self.functions.step(*asked, guarded=guarded)
        fields = self.output_signals.fields
        given = np.array(values, dtype=np.int64)
        if given.size != len(states) * len(fields):
            raise BonsaiError(f"{self.path}: step did not answer for each output")
        given = given.reshape(len(states), len(fields))
        columns = [self._bits(field, column) for field, column in zip(fields, given.T, strict=True)]
        return Answers(np.array(following, dtype=np.int64), np.concatenate(columns, axis=1), faults)

    def answers(self, words: Sequence[tuple[int, ...]]) -> list[list[tuple[int, ...]]]:
        """Return the bits that a black box puts out, tick by tick, to words of letters.

        A bit is 1, -1, or 0 for "don't care". Raises BonsaiError where the box fails, does not
        answer in time, or answers differently when it is asked twice.
        """
        values = self.functions.answers(words)
        fields = self.output_signals.fields
        given = np.array(values, dtype=np.int64)
        if given.size != sum(map(len, words)) * len(fields):
            raise BonsaiError(f"{self.path}: step did not answer for each output")
        columns = zip(fields, given.reshape(-1, len(fields)).T, strict=True)
        bits = np.concatenate([self._bits(*column) for column in columns], axis=1).tolist()
        ticks = iter(map(tuple, bits))
        return [list(islice(ticks, len(word))) for word in words]

    def admits(self, state: int, bits: Bits) -> bool:
        """Return whether these inputs may come in this state."""
        return self.functions.legal([state], [self._letter(bits)]) == b"\1"

    def transition(self, state: int, bits: Bits) -> tuple[int, tuple[int, ...]]:
        """Return the next state and the outputs, each 1, -1, or 0 for "don't care".

        Raises BonsaiError for what `step` counts as a fault.
        """
        answers = self.step(np.array([state]), np.array([self._letter(bits)]))
        for fault in answers.faults.values():
            raise BonsaiError(fault)
        return int(answers.following[0]), tuple(answers.outputs[0].tolist())

    def expect_pure(self) -> None:
        """Raise BonsaiError if the code was seen to remember anything but the states it returns."""
        self.functions.expect_pure()

    def draw(
        self, rng: np.random.Generator, batch: int, ticks: int
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Return the bits that `examples` gives: arrays (batch, ticks, inputs) and (..., outputs).

        They hold -1 and 1, and for outputs 0 for "don't care". `examples` itself gives the integers
        of ports as they are, of words their places from 0, and NaN for "don't care" there. Raises
        BonsaiError for any other shape or value.
        """
        x, y = self.functions.drawn(rng, batch, ticks)
        try:
            return (
                drawn_bits("x", x, self.input_signals, (batch, ticks)),
                drawn_bits("y", y, self.output_signals, (batch, ticks), free=True),
            )
        except ValueError as error:
            raise BonsaiError(f"{self.path}: examples returned {error}") from None

    def _letter(self, bits: Bits) -> int:
        return int(self.input_signals.letter(np.array([bits], dtype=bool))[0])

    def _bits(self, field: Port | str, values: Numbers) -> Codes:
        """Return the bits (n, bits) that the values (n,) of a field are."""
        free = values == DONT_CARE
        if not isinstance(field, Port):
            return np.where(free, 0, np.where(values > 0, 1, -1)).astype(np.int8)[:, None]
        steps = np.where(free, 0, values - field.low)
        if ((steps < 0) | (steps >= len(field.values))).any():
            raise BonsaiError(f"{self.path}: step gave no value of '{field.name}'")
        return np.where(free[:, None], 0, np.where(field.words[steps], 1, -1)).astype(np.int8)


def drawn_bits(
    name: str,
    values: npt.NDArray[np.float64],
    fields: Signals,
    size: tuple[int, int],
    *,
    free: bool = False,
) -> npt.NDArray[np.float32]:
    """Return the bits, (batch, ticks, bits) of -1 and 1, of values (batch, ticks, fields).

    Bools are -1 and 1 already, integers as they are. If they may be `free`, 0 for a bool and NaN
    for an integer is "don't care", and its bits are 0. Raises ValueError, which calls the array
    `name`, for another shape or any other value; `size` is (batch, ticks).
    """
    shape = (*size, len(fields.fields))
    if values.shape != shape:
        raise ValueError(f"{name} of shape {values.shape}, not {shape}")
    parts = [np.zeros((*size, 0))]
    for field, column in zip(fields.fields, np.moveaxis(values, -1, 0), strict=True):
        if isinstance(field, Port):
            asked = ~(np.isnan(column) & free)
            fault = f"values other than {field.low} to {field.high} for '{field.name}'"
            right = np.isin(column, field.values) | ~asked
            steps = np.where(right & asked, column - field.low, 0).astype(np.int64)
            parts.append(np.where(asked[..., None], field.words[steps] * 2.0 - 1.0, 0.0))
        else:
            fault = "values other than -1 and 1"
            right = np.isin(column, (-1, 0, 1) if free else (-1, 1))
            parts.append(column[..., None])
        if not right.all():
            raise ValueError(f"{name} with {fault}")
    return np.concatenate(parts, axis=-1).astype(np.float32)
