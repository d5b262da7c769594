"""The weights format, read and written: that of the article's trainer, and of `bonsaic train`.

Kernels are nested lists of shape (inputs + states, outputs), dense layers (outputs, inputs). Where
a cell has a hidden layer, its other kernels begin with the rows that read that.
"""

import json
from itertools import pairwise
from typing import Any

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.activation import Activation
from bonsai_compiler.networks.fields import Fields, parse_json
from bonsai_compiler.networks.network import Cell, Dense, Network


def load_network(text: str, place: str) -> Network:
    """Return the network that JSON `text` holds.

    Raises BonsaiError, beginning with `place`, for anything that is not a whole network: bad
    JSON, missing fields, widths that do not fit, numbers that are not finite.
    """
    return network_of(parse_json(text, place), place)


def network_of(document: Any, place: str) -> Network:
    """Return the network that a parsed file describes; raises as `load_network` does."""
    if not isinstance(document, dict) or "cells" not in document:
        raise BonsaiError(f"{place}: no 'cells'; a network file has input_dim, cells, post_layers")
    fields = Fields(place)
    width = input_width = fields.count(document, "input_dim", "network")
    cells = []
    for number, item in enumerate(fields.items(document, "cells")):
        cells.append(_cell(fields, item, f"cells[{number}]", width))
        width = len(cells[-1].output_bias)
    layers = []
    for number, item in enumerate(fields.items(document, "post_layers")):
        layers.append(_dense(fields, item, f"post_layers[{number}]", width))
        width = len(layers[-1].bias)
    output_width = fields.count(document, "output_dim", "network")
    if output_width != width:
        raise BonsaiError(
            f"{place}: output_dim is {output_width}, but the last layer gives {width}"
        )
    return Network(input_width, output_width, tuple(cells), tuple(layers))


def _cell(fields: Fields, item: Any, where: str, width: int) -> Cell:
    states = fields.count(item, "state_size", where)
    outputs = fields.count(item, "output_dim", where)
    hidden = _hidden(fields, item, where, width + states)
    rows = width + states + (0 if hidden is None else len(hidden.bias))
    return Cell(
        output_kernel=fields.array(item, "output_kernel", where, (rows, outputs)),
        output_bias=fields.array(item, "output_bias", where, (outputs,)),
        recurrent_kernel=fields.array(item, "recurrent_kernel", where, (rows, states)),
        recurrent_bias=fields.array(item, "recurrent_bias", where, (states,)),
        initial_state=fields.array(item, "initial_state", where, (states,)),
        output_activation=fields.activation(item, "output_activation", where),
        recurrent_activation=fields.activation(item, "recurrent_activation", where),
        hidden=hidden,
        levels=_levels(fields, item, where, states),
    )


def _hidden(fields: Fields, item: dict[str, Any], where: str, rows: int) -> Dense | None:
    """Return the hidden layer of a cell, if it has one."""
    if "hidden_size" not in item:
        return None
    size = fields.count(item, "hidden_size", where)
    kernel = fields.array(item, "hidden_kernel", where, (rows, size))
    bias = fields.array(item, "hidden_bias", where, (size,))
    return Dense(kernel.T, bias, fields.activation(item, "hidden_activation", where))


def _levels(
    fields: Fields, item: dict[str, Any], where: str, states: int
) -> tuple[tuple[float, ...], ...]:
    """Return the levels of each state of a cell, if the file says any."""
    if "state_levels" not in item:
        return ()
    place = f"{where}.state_levels"
    lists = fields.items(item, "state_levels", where)
    if len(lists) != states:
        raise fields.fail(place, f"has {len(lists)} items, but there are {states} states")
    levels = []
    for number, values in enumerate(lists):
        if not isinstance(values, list):
            raise fields.fail(f"{place}[{number}]", "is not a list")
        holder = {"levels": values}
        row = fields.array(holder, "levels", f"{place}[{number}]", (len(values),)).tolist()
        if any(low >= high for low, high in pairwise(row)):
            raise fields.fail(f"{place}[{number}]", "is not in ascending order")
        levels.append(tuple(row))
    return tuple(levels)


def _dense(fields: Fields, item: Any, where: str, width: int) -> Dense:
    outputs = fields.count(item, "output_dim", where)
    weights = fields.array(item, "weights", where, (outputs, width))
    bias = fields.array(item, "bias", where, (outputs,))
    return Dense(weights, bias, fields.activation(item, "activation", where))


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
