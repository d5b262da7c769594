"""The cell that grows: a hidden layer on the way to the next state and to the output.

    hidden = A([1, x, s] . W_h)
    next state, output = A([1, x, s, hidden] . W_r)

Without hidden neurons it is the cell of "Growing Bonsai Networks with RNNs", section "Custom RNN
Architecture"; with them, a deep transition: "How to Construct Deep Recurrent Neural Networks"
(Pascanu, Gulcehre, Cho and Bengio, 2013).
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from bonsai_compiler.ir.activation import Activation

Population = npt.NDArray[np.float32]
"""Networks of one architecture: (replicas, parameters)."""

Masks = npt.NDArray[np.bool_]
"""Which parameters are there: (replicas, parameters)."""


@dataclass(frozen=True, slots=True)
class Architecture:
    """How wide a network is: its inputs, bits of state, hidden neurons and outputs.

    The parameters of a replica are W_h (reads, hidden) and then W_r (reads + hidden, columns), row
    by row. Row 0 is of the biases; then come those of the inputs, of the bits of state, and one of
    zeros where these make an odd number: kernels take rows in twos, so that `hidden` is even too.
    Columns are the next bits of state and then the outputs.
    """

    inputs: int
    bits: int
    hidden: int
    outputs: int
    activation: Activation

    def __post_init__(self) -> None:
        if self.hidden % 2:
            raise ValueError("an odd layer")

    @property
    def reads(self) -> int:
        """The rows of W_h."""
        return (2 + self.inputs + self.bits) // 2 * 2

    @property
    def rows(self) -> int:
        """The rows of W_r."""
        return self.reads + self.hidden

    @property
    def columns(self) -> int:
        """The columns of W_r."""
        return self.bits + self.outputs

    @property
    def split(self) -> int:
        """Where W_r begins."""
        return self.reads * self.hidden

    @property
    def parameters(self) -> int:
        """How many parameters a replica has."""
        return self.split + self.rows * self.columns

    @property
    def state_rows(self) -> slice:
        """The rows that read the bits of state."""
        return slice(1 + self.inputs, 1 + self.inputs + self.bits)

    def layers(self, population: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        """Return views (replicas, reads, hidden) and (replicas, rows, columns) of a population."""
        replicas = len(population)
        return (
            population[:, : self.split].reshape(replicas, self.reads, self.hidden),
            population[:, self.split :].reshape(replicas, self.rows, self.columns),
        )

    def real(self) -> Masks:
        """Return (parameters,): which parameters are more than padding."""
        return _parts(self)[0]

    def weights(self) -> Masks:
        """Return (parameters,): which parameters are weights and not biases or padding."""
        return _parts(self)[1]


@lru_cache(maxsize=64)
def _parts(architecture: Architecture) -> tuple[Masks, Masks]:
    """Return which parameters are real, and which of these are weights: not to be written to."""
    real, weights = np.ones((2, 1, architecture.parameters), bool)
    for mask, first in ((real, 0), (weights, 1)):
        for layer in architecture.layers(mask):
            layer[:, :first] = layer[:, architecture.state_rows.stop : architecture.reads] = False
        mask.flags.writeable = False
    return real[0], weights[0]


def initial_population(
    architecture: Architecture, replicas: int, rng: np.random.Generator
) -> Population:
    """Return (replicas, parameters): Glorot-normal weights, and biases of deviation a half."""
    population = np.zeros((replicas, architecture.parameters), np.float32)
    for layer in architecture.layers(population):
        rows, columns = layer.shape[1:]
        scale = math.sqrt(2.0 / max(1, rows + columns))
        layer[:] = rng.normal(0.0, scale, layer.shape)
        layer[:, 0] = rng.normal(0.0, 0.5, (replicas, columns))
    return population * architecture.real()


def live(architecture: Architecture, masks: Masks) -> Masks:
    """Return the masks without what no output depends on, through any number of ticks."""
    hidden, results = architecture.layers(masks)
    bits, reads = architecture.bits, architecture.reads
    states = architecture.state_rows
    used: Masks = np.zeros((len(masks), architecture.columns), bool)
    used[:, bits:] = True
    while True:
        neurons = _readers(results[:, reads:], used)
        read = _readers(hidden[:, states], neurons) | _readers(results[:, states], used)
        if not (read > used[:, :bits]).any():
            break
        used[:, :bits] |= read
    kept = masks.copy()
    own, ends = architecture.layers(kept)
    # A neuron that reads nothing is its bias: no weight of its own, but one where it is read.
    own &= neurons[:, None]
    ends &= used[:, None]
    return kept


def _readers(layer: Masks, wanted: Masks) -> Masks:
    """Return (replicas, rows): what is read, in a layer, by any of the columns that are wanted."""
    # A product of truths is a truth, and takes a fourth of the time that `any` takes.
    return np.asarray(layer @ wanted[:, :, None])[:, :, 0]
