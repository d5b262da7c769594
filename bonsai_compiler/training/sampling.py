"""Training sequences: random legal walks on a task's machine, or a task's own examples.

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

Sequences = tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]
Places = npt.NDArray[np.int64]
Ended = npt.NDArray[np.bool_]
Taken = tuple[npt.NDArray[np.int8], Places, Ended]

# Up to so many sequences can all be tried.
FEW_SEQUENCES = 2**16


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
