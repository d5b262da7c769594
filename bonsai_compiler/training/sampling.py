"""Sequences to learn from, and to evaluate on: random legal walks, or a task's own examples.

Bits are -1 and 1; 0 in an output means that nothing is asked there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.ports import Port
from bonsai_compiler.ir.signals import Interface
from bonsai_compiler.specification.machine import Machine
from bonsai_compiler.training.pool import Figures

Sequences = tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]
Places = npt.NDArray[np.int64]
Ended = npt.NDArray[np.bool_]
Taken = tuple[npt.NDArray[np.int8], Places, Ended]

Outputs = Callable[[npt.NDArray[np.float32]], npt.NDArray[np.float32]]
"""Takes x (sequences, ticks, inputs) to what a population outputs, (replicas, sequences, ...)."""

# Up to so many sequences can all be tried.
FEW_SEQUENCES = 2**16
# Without a horizon a population is evaluated on so many sequences, so many times longer than those
# of training.
EVALUATED, LONGER = 256, 3
# Up to a horizon it is evaluated on all sequences where they are few, else on so many of them, or
# fewer that are so many ticks in all: a rare one that goes wrong is not met by chance, and pruning
# would take whatever it alone needs. They are drawn anew each time, since what is right on a
# thousand that stay the same need not be right on others.
MOST_EVALUATED, EVALUATED_TICKS = 2**13, 2**17
# They are run in parts of so many sequences, or of so many outputs of each replica, so that these
# need not fit into memory all together.
PART, PART_OUTPUTS = 2**12, 2**17


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


@dataclass(frozen=True, eq=False)
class Evaluation:
    """x (sequences, ticks, inputs) and y (sequences, ticks, outputs), run some at a time."""

    x: npt.NDArray[np.float32]
    y: npt.NDArray[np.float32]

    @property
    def size(self) -> int:
        """How many sequences are run at a time."""
        return max(1, min(PART, len(self.y), PART_OUTPUTS // int(self.y[0].size)))

    def error_rates(self, outputs: Outputs) -> Figures:
        """Return (replicas,): the share of wrong signs, 1.0 for one whose numbers overflowed."""
        wrong, finite = [], []
        for first in range(0, len(self.x), self.size):
            x, y = (side[first : first + self.size] for side in (self.x, self.y))
            # All parts have one size, for which the device's program is made.
            told = outputs(np.concatenate([x, self.x[: self.size - len(x)]]))[:, : len(y)]
            wrong.append((((told > 0) != (y > 0)) & (y != 0)).sum((1, 2, 3)))
            finite.append(np.isfinite(told).all((1, 2, 3)))
        share = np.sum(wrong, axis=0) / max(1, np.count_nonzero(self.y))
        return np.where(np.all(finite, axis=0), share, 1.0)


Evaluations = Callable[[np.random.Generator], Evaluation]
"""Gives what a population is evaluated on."""


def evaluations(
    source: Machine | Examples, rng: np.random.Generator, ticks: int, chance: Mapping[str, float]
) -> Evaluations:
    """Return what gives the sequences on which to evaluate networks trained on `ticks` ticks.

    They are all sequences up to the horizon where there is one and they are few; fresh ones each
    time where they are many; else the same ones every time, longer than those of training.
    """
    if not isinstance(source, Machine) or source.horizon is None:
        long = Evaluation(*draw_sequences(source, rng, EVALUATED, LONGER * ticks, chance))
        return lambda rng: long
    chosen = all_sequences(source)
    if chosen is not None:
        every = Evaluation(*followed(source, chosen))
        return lambda rng: every
    machine, horizon = source, source.horizon
    some = max(EVALUATED, min(MOST_EVALUATED, EVALUATED_TICKS // horizon))
    return lambda rng: Evaluation(*draw_sequences(machine, rng, some, horizon, chance))


def followed(machine: Machine, chosen: npt.NDArray[np.int64]) -> Sequences:
    """Return x and y of walks that take the letters `chosen` (batch, ticks) as far as they may."""
    batch, ticks = chosen.shape
    state, ended = np.zeros(batch, np.int64), np.zeros(batch, bool)
    y = np.empty((batch, ticks, len(machine.outputs)), np.float32)
    for tick, letter in enumerate(chosen.T):
        y[:, tick], state, ended = take(machine, state, ended, letter)
    return (machine.letters[chosen] * 2.0 - 1.0).astype(np.float32), y
