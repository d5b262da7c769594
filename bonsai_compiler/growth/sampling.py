"""Training sequences: random legal walks on a task's machine, or a task's own examples.

Bits are -1 and 1; 0 in an output means that nothing is asked there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.machine import Machine

Sequences = tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]

# A machine larger than this is walked at random only: the table of ways is states x states.
TOURED_STATES = 256
# Of the sequences, this share walks from one random (state, letter) pair to the next ...
TOUR_SHARE = 0.25
# ... with a random letter this often on the way.
TOUR_STRAY = 0.2


@dataclass(frozen=True)
class Examples:
    """A task without a machine: `draw(rng, batch, ticks)` gives (x, y) of -1 and 1.

    x has shape (batch, ticks, inputs), y has shape (batch, ticks, outputs).
    """

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    draw: Callable[[np.random.Generator, int, int], tuple[npt.ArrayLike, npt.ArrayLike]]


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


def walk(
    machine: Machine,
    rng: np.random.Generator,
    batch: int,
    ticks: int,
    chance: Mapping[str, float],
) -> Sequences:
    """Return `batch` legal walks from the start; past a walk's end, y asks for nothing.

    Half of the walks toss fair coins; the others draw a bias for each input and keep it, so that
    counters and stacks reach their far states. `chance` fixes the bias of an input. A share of
    the walks tours the machine, so that rare transitions are seen.
    """
    letters = machine.letters
    bias = rng.uniform(0.05, 0.95, (batch, len(machine.inputs)))
    bias[: batch // 2] = 0.5
    for index, name in enumerate(machine.inputs):
        if name in chance:
            bias[:, index] = chance[name]
    logarithm = np.log(np.clip(bias, 1e-9, 1.0))[:, None, :] * letters
    logarithm += np.log(np.clip(1.0 - bias, 1e-9, 1.0))[:, None, :] * ~letters
    weights = np.exp(logarithm.sum(2))
    weights = rng.permutation(weights) + 1e-12
    tours = machine.size <= TOURED_STATES and not chance and len(letters) > 1
    touring = (rng.random(batch) < TOUR_SHARE) & tours
    ways = first_letters(machine) if touring.any() else None
    target = rng.integers(machine.size, size=batch)

    state = np.zeros(batch, np.int64)
    x = np.empty((batch, ticks, len(machine.inputs)), np.float32)
    y = np.empty((batch, ticks, len(machine.outputs)), np.float32)
    ended = np.zeros(batch, bool)
    unrestricted = bool(machine.legal.all())
    total = weights.cumsum(1)
    for tick in range(ticks):
        if not unrestricted:
            total = (weights * machine.legal[state]).cumsum(1)
        toss = rng.random(batch)[:, None] * total[:, -1:]
        letter = np.minimum((toss >= total).sum(1), len(letters) - 1)
        if ways is not None:
            on_way = touring & (rng.random(batch) >= TOUR_STRAY) & (ways[state, target] >= 0)
            letter = np.where(on_way, ways[state, target], letter)
        ended |= ~machine.legal[state, letter]
        x[:, tick] = letters[letter] * 2.0 - 1.0
        y[:, tick] = np.where(ended[:, None], 0, machine.output[state, letter])
        following = machine.successor[state, letter]
        ended |= following < 0
        arrived = state == target
        state = np.where(ended, state, following)
        if ways is not None:
            target = np.where(arrived, rng.integers(machine.size, size=batch), target)
    return x, y


@lru_cache(maxsize=8)
def first_letters(machine: Machine) -> npt.NDArray[np.int16]:
    """Return (states, states): the letter that starts a shortest way there; -1 where none does.

    The way from a state to itself is any letter at all: -1 too.
    """
    size = machine.size
    legal = machine.legal & (machine.successor >= 0)
    edges = [np.flatnonzero(legal[:, letter]) for letter in range(legal.shape[1])]
    distance = np.where(np.eye(size, dtype=bool), 0, size + 1)
    first = np.full((size, size), -1, np.int16)
    for _ in range(size):
        changed = False
        for letter, states in enumerate(edges):
            through = distance[machine.successor[states, letter]] + 1
            better = through < distance[states]
            if better.any():
                changed = True
                distance[states] = np.where(better, through, distance[states])
                first[states] = np.where(better, letter, first[states])
        if not changed:
            break
    return first
