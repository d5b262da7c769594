"""A trained network: recurrent cells of weights, then dense layers."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bonsai_compiler.ir.activation import LINEAR, Activation

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cell:
    """One recurrent cell: output and state are each `activation([input, state] @ kernel + bias)`.

    Shapes: kernels (inputs + states, outputs) and (inputs + states, states); biases and the
    initial state are vectors. A cell may have no states. With a `hidden` layer, output and state
    read `[hidden, input, state]`, so that their kernels have as many more rows; it reads what they
    read otherwise. What a state of `levels`, ascending, stores at a tick's end is the nearest of
    these; one with none takes any value.
    """

    output_kernel: Floats
    output_bias: Floats
    recurrent_kernel: Floats
    recurrent_bias: Floats
    initial_state: Floats
    output_activation: Activation
    recurrent_activation: Activation
    hidden: "Dense | None" = None
    levels: tuple[tuple[float, ...], ...] = ()

    def levels_of(self, state: int) -> tuple[float, ...]:
        """Return the levels that a state is held to; none where it is not."""
        return self.levels[state] if self.levels else ()


@dataclass(frozen=True, slots=True)
class Dense:
    """A layer without states: `activation(weights @ input + bias)`, weights (outputs, inputs)."""

    weights: Floats
    bias: Floats
    activation: Activation = LINEAR


@dataclass(frozen=True, slots=True)
class Network:
    """Cells in order, then dense layers; each reads the outputs of the one before."""

    input_width: int
    output_width: int
    cells: tuple[Cell, ...]
    layers: tuple[Dense, ...]
