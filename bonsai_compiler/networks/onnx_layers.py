"""ONNX's operators RNN, GRU and LSTM as layers: their blocks in our order, one direction.

Weights have a first axis of length 1, for the direction; biases are two rows one after the other.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from bonsai_compiler.errors import BonsaiError, shown
from bonsai_compiler.ir.activation import Activation
from bonsai_compiler.networks.checked import checked
from bonsai_compiler.networks.layers import Kind, Recurrent
from bonsai_compiler.networks.network import Floats

Array = npt.NDArray[Any]

KINDS: dict[str, Kind] = {"RNN": "rnn", "GRU": "gru", "LSTM": "lstm"}

ORDERS = {"RNN": "n", "GRU": "zrn", "LSTM": "iofg"}
"""The order of the blocks in an operator's weights."""

OURS = {"RNN": "n", "GRU": "rzn", "LSTM": "ifgo"}
"""The order of the same blocks in a layer here."""

BENDS = {"Tanh": "tanh", "Relu": "relu", "Sigmoid": "sigmoid"}
USUAL = {"RNN": ("Tanh",), "GRU": ("Sigmoid", "Tanh"), "LSTM": ("Sigmoid", "Tanh", "Tanh")}

UNKNOWN = ("clip", "activation_alpha", "activation_beta", "input_forget")
"""Attributes that no layer here has; 0 is none."""


@dataclass(frozen=True, slots=True, eq=False)
class Operator:
    """An operator's kind and attributes, and its constants; None for what it is not given.

    `rows` are the words side by side, of `width` numbers a tick. `fail` makes the complaint about
    it, to be raised, and `place` names it in those about its numbers.
    """

    kind: str
    attributes: Mapping[str, Any]
    kernel: Array | None
    recurrent_kernel: Array | None
    bias: Array | None
    hidden: Array | None
    cells: Array | None
    peepholes: Array | None
    rows: int
    width: int
    fail: Callable[[str], BonsaiError]
    place: str


def recurrent_layer(operator: Operator) -> Recurrent:
    """Return an operator as a layer; raises BonsaiError for what no layer here has."""
    _expect_known(operator)
    if operator.kernel is None or operator.recurrent_kernel is None:
        raise operator.fail("is not given its weights")
    if operator.recurrent_kernel.ndim != 3:
        raise operator.fail("has weights of other than three axes")
    units = int(operator.recurrent_kernel.shape[2])
    said = operator.attributes.get("hidden_size", units)
    if said != units:
        raise operator.fail(f"has hidden_size {said}, but weights of {units} units")
    count = len(ORDERS[operator.kind]) * units
    biases = (
        np.zeros(2 * count)
        if operator.bias is None
        else _fitting(operator, operator.bias, (1, 2 * count))
    )
    gate, inner, outer = _bends(operator)
    return Recurrent(
        KINDS[operator.kind],
        _moved(operator, _fitting(operator, operator.kernel, (1, count, operator.width))),
        _moved(operator, _fitting(operator, operator.recurrent_kernel, (1, count, units))),
        _moved(operator, biases[:count]),
        _moved(operator, biases[count:]),
        _first(operator, operator.hidden, units),
        _first(operator, operator.cells, units),
        gate,
        inner,
        outer,
        bool(operator.attributes.get("linear_before_reset", 0)),
    )


def _expect_known(operator: Operator) -> None:
    direction = operator.attributes.get("direction", b"forward")
    if direction.lower() != b"forward":
        raise operator.fail("reads the word backwards; a program goes forwards")
    for name in UNKNOWN:
        if operator.attributes.get(name):
            raise operator.fail(f"has the attribute {name}, which no layer here has")
    if operator.peepholes is not None and operator.peepholes.any():
        raise operator.fail("has peepholes, which no layer here has")


def _fitting(operator: Operator, array: Array, shape: tuple[int, ...]) -> Floats:
    """Return an array of this shape without its first axis, which is of length 1."""
    if array.shape != shape:
        raise operator.fail(f"has weights of shape {array.shape}, but {shape} fits here")
    return checked(array, operator.place)[0]  # type: ignore[no-any-return]


def _moved(operator: Operator, array: Floats) -> Floats:
    """Return an operator's blocks of rows in the order of ours."""
    order = ORDERS[operator.kind]
    blocks = array.reshape(len(order), -1, *array.shape[1:])
    return np.concatenate([blocks[order.index(block)] for block in OURS[operator.kind]])


def _first(operator: Operator, array: Array | None, units: int) -> Floats:
    """Return the first states, which must be the same for all rows."""
    if array is None:
        return np.zeros(units)
    if operator.attributes.get("layout", 0):
        array = array.swapaxes(0, 1)
    states = _fitting(operator, array, (1, operator.rows, units))
    if (states != states[0]).any():
        raise operator.fail("has other first states for each row")
    return np.array(states[0])


def _bends(operator: Operator) -> tuple[Activation, Activation, Activation]:
    """Return how gates, candidates and cells are bent."""
    usual = USUAL[operator.kind]
    told = [
        item.decode(errors="replace") if isinstance(item, bytes) else str(item)
        for item in operator.attributes.get("activations", usual)
    ]
    if len(told) != len(usual):
        raise operator.fail(f"has {len(told)} activations; {len(usual)} are wanted")
    known = {name.lower(): Activation(kind) for name, kind in BENDS.items()}
    for item in told:
        if item.lower() not in known:
            raise operator.fail(f"has the activation {shown(item)}; known are {', '.join(BENDS)}")
    found = [known[item.lower()] for item in told]
    gate = found[0] if len(found) > 1 else Activation("sigmoid")
    return gate, found[min(1, len(found) - 1)], found[-1]
