"""Sequences to learn from, and to evaluate on: random legal walks, or a task's own examples.

Bits are -1 and 1; 0 in an output means that nothing is asked there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.growth.table import Table
from bonsai_compiler.ir.ports import Port
from bonsai_compiler.ir.signals import Interface
from bonsai_compiler.specification.machine import Machine

Sequences = tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]
Places = npt.NDArray[np.int64]
Ended = npt.NDArray[np.bool_]
Taken = tuple[npt.NDArray[np.int8], Places, Ended]

EVALUATED, LONGER = 256, 3
"""Without a horizon so many sequences judge, so many times longer than those of training."""

FEW_SEQUENCES, MOST_EVALUATED = 2**12, 2**10
"""Up to a horizon all sequences judge where they are so few, else so many of them.

They are drawn anew each time: what is right on a thousand that stay the same need not be right on
others, and pruning would take whatever a rare one alone needs.
"""


@dataclass(frozen=True)
class Examples(Interface):
    """A task without a machine: `draw(rng, batch, ticks)` gives (x, y) of -1 and 1.

    x has shape (batch, ticks, inputs), y has shape (batch, ticks, outputs). `ports` says
    which of these are bits of integers.
    """

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    draw: Callable[[np.random.Generator, int, int], tuple[npt.ArrayLike, npt.ArrayLike]]
    ports: tuple[Port, ...] = ()


def draw_sequences(
    source: Machine | Examples,
    rng: np.random.Generator,
    batch: int,
    ticks: int,
    chance: Mapping[str, float],
) -> Sequences:
    """Return x (batch, ticks, inputs) and y (batch, ticks, outputs) of float32.

    Raises BonsaiError where a task's examples have another shape or hold other numbers.
    """
    if isinstance(source, Machine):
        return walk(source, rng, batch, ticks, chance)
    x, y = (np.asarray(part, np.float32) for part in source.draw(rng, batch, ticks))
    for name, values, width in (("x", x, len(source.inputs)), ("y", y, len(source.outputs))):
        if values.shape != (batch, ticks, width):
            raise BonsaiError(
                f"examples gives {name} of shape {values.shape}, but {(batch, ticks, width)} is "
                "(batch, ticks, names)"
            )
        allowed = (-1, 1) if name == "x" else (-1, 0, 1)
        if not np.isin(values, allowed).all():
            raise BonsaiError(f"examples gives {name} with numbers other than -1 and 1")
    return x, y


def all_sequences(machine: Machine) -> npt.NDArray[np.int64] | None:
    """Return every choice of a letter a tick up to the horizon, (sequences, ticks).

    None without a horizon, and where there are more than FEW_SEQUENCES.
    """
    letters, ticks = len(machine.letters), machine.horizon
    if ticks is None or letters**ticks > FEW_SEQUENCES:
        return None
    number = np.arange(letters**ticks)[:, None]
    return np.asarray(number // letters ** np.arange(ticks)[::-1] % letters)


def walk(
    machine: Machine,
    rng: np.random.Generator,
    batch: int,
    ticks: int,
    chance: Mapping[str, float],
) -> Sequences:
    """Return `batch` legal walks from the start; past a walk's end, y asks for nothing.

    Walks toss coins, half of them with a bias of their own for each input: a fair coin alone hides
    what is rare. Where the task gives a `chance`, that is the bias.
    """
    letters, legal = machine.letters, machine.legal.T
    # Odds are added up letter by letter, (letters, walks): sums over long rows are the quick ones.
    odds = np.ascontiguousarray(_odds(machine, _biases(machine, rng, batch, chance)).T)
    state = np.zeros(batch, np.int64)
    x = np.empty((batch, ticks, len(machine.inputs)), np.float32)
    y = np.empty((batch, ticks, len(machine.outputs)), np.float32)
    ended = np.zeros(batch, bool)
    for tick in range(ticks):
        heap = (odds * legal[:, state]).cumsum(0)
        letter = np.minimum((rng.random(batch) * heap[-1] >= heap).sum(0), len(letters) - 1)
        x[:, tick] = letters[letter] * 2.0 - 1.0
        y[:, tick], state, ended = take(machine, state, ended, letter)
    return x, y


def take(machine: Machine, state: Places, ended: Ended, letter: Places) -> Taken:
    """Return what a letter each asks of walks, where they are then, and which of them have ended.

    One that has ended, or takes a letter that is not legal there, is asked for nothing and stays.
    """
    ended = ended | ~machine.legal[state, letter]
    asked = np.where(ended[:, None], 0, machine.output[state, letter])
    following = machine.successor[state, letter]
    ended = ended | (following < 0)
    return asked, np.where(ended, state, following), ended


def _biases(
    machine: Machine, rng: np.random.Generator, batch: int, chance: Mapping[str, float]
) -> npt.NDArray[np.float64]:
    """Return (batch, inputs): how often each input is True in a walk that tosses coins."""
    bias = rng.uniform(0.05, 0.95, (batch, len(machine.inputs)))
    bias[: batch // 2] = 0.5
    for index, name in enumerate(machine.inputs):
        if name in chance:
            bias[:, index] = chance[name]
    return rng.permutation(bias)


def _odds(machine: Machine, bias: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return (walks, letters) for the (walks, inputs) chances of True; none is quite impossible."""
    logarithm = np.log(np.clip(bias, 1e-9, 1.0)) @ machine.letters.T
    logarithm += np.log(np.clip(1.0 - bias, 1e-9, 1.0)) @ ~machine.letters.T
    return np.asarray(np.exp(logarithm) + 1e-12)


def followed(machine: Machine, chosen: npt.NDArray[np.int64]) -> Sequences:
    """Return x and y of walks that take the letters `chosen` (batch, ticks) as far as they may."""
    batch, ticks = chosen.shape
    state, ended = np.zeros(batch, np.int64), np.zeros(batch, bool)
    y = np.empty((batch, ticks, len(machine.outputs)), np.float32)
    for tick, letter in enumerate(chosen.T):
        y[:, tick], state, ended = take(machine, state, ended, letter)
    return (machine.letters[chosen] * 2.0 - 1.0).astype(np.float32), y


@dataclass(frozen=True, eq=False)
class SequenceLessons:
    """Sequences of so many `ticks`, all from the start: fresh ones at each step.

    Without a horizon the same sequences judge always; `seed` decides which.
    """

    source: Machine | Examples
    ticks: int
    chance: Mapping[str, float]
    seed: int
    states: int = 1

    @property
    def inputs(self) -> int:
        """How many bits are read on a tick."""
        return len(self.source.inputs)

    @property
    def outputs(self) -> int:
        """How many bits are asked for on a tick."""
        return len(self.source.outputs)

    def drawn(
        self, steps: int, batch: int, rng: np.random.Generator
    ) -> tuple[Table, npt.NDArray[np.int32]]:
        """Return fresh sequences, each of which one step takes."""
        runs = steps * batch
        sequences = draw_sequences(self.source, rng, runs, self.ticks, self.chance)
        return _table(sequences), np.arange(runs, dtype=np.int32).reshape(steps, batch)

    def judging(self, rng: np.random.Generator) -> Table:
        """Return long sequences, or as many as fit of those up to the horizon."""
        source = self.source
        horizon = source.horizon if isinstance(source, Machine) else None
        if horizon is None:
            rng = np.random.default_rng([self.seed, 2])
            size = EVALUATED, LONGER * self.ticks
            return _table(draw_sequences(source, rng, *size, self.chance))
        assert isinstance(source, Machine)
        chosen = all_sequences(source)
        if chosen is not None:
            return _table(followed(source, chosen))
        return _table(draw_sequences(source, rng, MOST_EVALUATED, horizon, self.chance))


def _table(sequences: Sequences) -> Table:
    """Return sequences as runs, of which nothing is asked but outputs."""
    runs, ticks = sequences[1].shape[:2]
    x, y = (part.reshape(runs * ticks, part.shape[2]) for part in sequences)
    places = np.zeros(len(x), np.int32)
    return Table(x, y, places, places - 1, 1, ticks)
