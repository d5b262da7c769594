"""A trained network: cells of weights, and the text that they are saved as."""

import json
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
    read otherwise. What a state of `levels`, ascending, stores at a
    tick's end is the nearest of these; one with none takes any value.
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


def dump_network(network: Network) -> str:
    """Return the network as JSON text that `network_file` reads back to equal values."""
    document = {
        "input_dim": network.input_width,
        "output_dim": network.output_width,
        "cells": [
            {
                "state_size": len(cell.initial_state),
                "output_dim": len(cell.output_bias),
                "output_kernel": cell.output_kernel.tolist(),
                "output_bias": cell.output_bias.tolist(),
                "recurrent_kernel": cell.recurrent_kernel.tolist(),
                "recurrent_bias": cell.recurrent_bias.tolist(),
                "initial_state": cell.initial_state.tolist(),
                "recurrent_activation": _dump_activation(cell.recurrent_activation),
                "output_activation": _dump_activation(cell.output_activation),
                **_dump_hidden(cell.hidden),
                **({"state_levels": [*map(list, cell.levels)]} if cell.levels else {}),
            }
            for cell in network.cells
        ],
        "post_layers": [
            {
                "input_dim": layer.weights.shape[1],
                "output_dim": layer.weights.shape[0],
                "weights": layer.weights.tolist(),
                "bias": layer.bias.tolist(),
                "activation": _dump_activation(layer.activation),
            }
            for layer in network.layers
        ],
    }
    return json.dumps(document, indent=1) + "\n"


def _dump_hidden(layer: Dense | None) -> dict[str, object]:
    if layer is None:
        return {}
    return {
        "hidden_size": len(layer.bias),
        "hidden_kernel": layer.weights.T.tolist(),
        "hidden_bias": layer.bias.tolist(),
        "hidden_activation": _dump_activation(layer.activation),
    }


def _dump_activation(activation: Activation) -> str | dict[str, str | float]:
    if activation.kind != "ameo":
        return activation.kind
    return {
        "id": "interpolated_ameo",
        "factor": activation.factor,
        "leakyness": activation.leak,
    }
