"""A trained network: cells of weights, and the JSON file that holds them.

The format is the one that the article's trainer dumps: kernels as nested lists of shape
(inputs + states, outputs), dense layers of shape (outputs, inputs).
"""

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bonsai_compiler.activation import KINDS, LINEAR, Activation
from bonsai_compiler.errors import BonsaiError, shortened, shown

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cell:
    """One recurrent cell: output and state are each `activation([input, state] @ kernel + bias)`.

    Shapes: kernels (inputs + states, outputs) and (inputs + states, states); biases and the
    initial state are vectors. A cell may have no states.
    """

    output_kernel: Floats
    output_bias: Floats
    recurrent_kernel: Floats
    recurrent_bias: Floats
    initial_state: Floats
    output_activation: Activation
    recurrent_activation: Activation


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
    """Return the network as JSON text that `load_network` reads back to equal values."""
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


def load_network(text: str, place: str) -> Network:
    """Return the network that JSON `text` holds.

    Raises BonsaiError, beginning with `place`, for anything that is not a whole network: bad
    JSON, missing fields, widths that do not fit, numbers that are not finite.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        fault = shortened(str(error))
        raise BonsaiError(f"{place}: not a JSON file ({fault}); was it cut short?") from None
    if not isinstance(document, dict) or "cells" not in document:
        raise BonsaiError(f"{place}: no 'cells'; a network file has input_dim, cells, post_layers")
    reader = _Reader(place)
    width = input_width = reader.count(document, "input_dim", "network")
    cells = []
    for number, item in enumerate(reader.items(document, "cells")):
        cell = reader.cell(item, f"cells[{number}]", width)
        cells.append(cell)
        width = len(cell.output_bias)
    layers = []
    for number, item in enumerate(reader.items(document, "post_layers")):
        layer = reader.dense(item, f"post_layers[{number}]", width)
        layers.append(layer)
        width = len(layer.bias)
    output_width = reader.count(document, "output_dim", "network")
    if output_width != width:
        raise BonsaiError(
            f"{place}: output_dim is {output_width}, but the last layer gives {width}"
        )
    return Network(input_width, output_width, tuple(cells), tuple(layers))


def read_network(path: Path) -> Network:
    """Return the network in the file at `path`."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BonsaiError(f"{path}: cannot be read as text ({error})") from None
    return load_network(text, str(path))


def _dump_activation(activation: Activation) -> str | dict[str, str | float]:
    if activation.kind != "ameo":
        return activation.kind
    return {
        "id": "interpolated_ameo",
        "factor": activation.factor,
        "leakyness": activation.leak,
    }


def _is_numeric(value: object) -> bool:
    """Return whether nested lists hold numbers only; numpy would take "1" for one, too."""
    if isinstance(value, list):
        return all(map(_is_numeric, value))
    return isinstance(value, int | float) and not isinstance(value, bool)


class _Reader:
    """Checked access to the fields of one file; every complaint names the file and the field."""

    def __init__(self, place: str) -> None:
        self.place = place

    def fail(self, field: str, fault: str) -> BonsaiError:
        return BonsaiError(f"{self.place}: {field} {fault}")

    def items(self, document: dict[str, Any], name: str) -> list[Any]:
        value = document.get(name, [])
        if not isinstance(value, list):
            raise self.fail(name, "is not a list")
        return value

    def count(self, item: Any, name: str, where: str) -> int:
        value = item.get(name) if isinstance(item, dict) else None
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self.fail(f"{where}.{name}", f"is {shown(value)}; it must be a whole number")
        return value

    def array(self, item: Any, name: str, where: str, shape: tuple[int, ...]) -> Floats:
        field = f"{where}.{name}"
        if not isinstance(item, dict) or name not in item:
            raise self.fail(field, "is missing")
        try:
            if not _is_numeric(item[name]):
                raise ValueError
            value = np.array(item[name], dtype=np.float64)
        except (TypeError, ValueError, OverflowError, RecursionError):
            raise self.fail(field, "is no array of numbers") from None
        if value.size == 0 and math.prod(shape) == 0:
            value = value.reshape(shape)
        if value.shape != shape:
            raise self.fail(field, f"has shape {value.shape}, but {shape} fits here")
        if not np.isfinite(value).all():
            raise self.fail(field, "holds a number that is not finite")
        return value

    def cell(self, item: Any, where: str, width: int) -> Cell:
        states = self.count(item, "state_size", where)
        outputs = self.count(item, "output_dim", where)
        rows = width + states
        return Cell(
            output_kernel=self.array(item, "output_kernel", where, (rows, outputs)),
            output_bias=self.array(item, "output_bias", where, (outputs,)),
            recurrent_kernel=self.array(item, "recurrent_kernel", where, (rows, states)),
            recurrent_bias=self.array(item, "recurrent_bias", where, (states,)),
            initial_state=self.array(item, "initial_state", where, (states,)),
            output_activation=self.activation(item, "output_activation", where),
            recurrent_activation=self.activation(item, "recurrent_activation", where),
        )

    def dense(self, item: Any, where: str, width: int) -> Dense:
        outputs = self.count(item, "output_dim", where)
        weights = self.array(item, "weights", where, (outputs, width))
        bias = self.array(item, "bias", where, (outputs,))
        return Dense(weights, bias, self.activation(item, "activation", where))

    def activation(self, item: Any, name: str, where: str) -> Activation:
        field = f"{where}.{name}"
        value = item.get(name)
        if isinstance(value, str) and value in KINDS and value != "ameo":
            return Activation(value)
        if not isinstance(value, dict) or value.get("id") not in (
            "interpolated_ameo",
            "leaky_ameo",
        ):
            raise self.fail(field, f"is {shown(value)}; known are linear, tanh, interpolated_ameo")
        factor = 1.0 if value["id"] == "leaky_ameo" else self.number(value, "factor", field)
        return Activation("ameo", factor, self.number(value, "leakyness", field))

    def number(self, item: dict[str, Any], name: str, where: str) -> float:
        value = item.get(name)
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not math.isfinite(value)
        ):
            raise self.fail(f"{where}.{name}", f"is {shown(value)}; it must be a number")
        return float(value)
