"""Read the weights format: what the article's trainer dumps, and this project's own `train`.

Kernels are nested lists of shape (inputs + states, outputs), dense layers (outputs, inputs). Where
a cell has a hidden layer, its other kernels begin with the rows that read that.
"""

from itertools import pairwise
from typing import Any

from bonsai_compiler.errors import BonsaiError
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
