"""Read an ONNX model: RNN, GRU or LSTM operators, dense layers after, and whatever shapes these.

The graph is followed with places instead of numbers: every array of data holds, element by element,
which number of which tick of the layer before stands there. So transposes, reshapes and the like
need no pattern: at the next layer it is seen whether each row is one tick's numbers in their order.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import onnx

from bonsai_compiler.errors import BonsaiError, shortened, shown
from bonsai_compiler.ir.activation import LINEAR, Activation
from bonsai_compiler.networks.checked import MOST_WEIGHTS, checked, expect_small
from bonsai_compiler.networks.conventions import Conventions
from bonsai_compiler.networks.layers import Recurrent, Stack
from bonsai_compiler.networks.network import Dense, Floats
from bonsai_compiler.networks.onnx_layers import BENDS, KINDS, Operator, recurrent_layer
from bonsai_compiler.networks.onnx_model import Array, Model, Value
from bonsai_compiler.networks.onnx_shapes import SHAPING, ShapeError
from bonsai_compiler.networks.torch_state import with_initial

MOVING = frozenset(SHAPING) - {"Add", "ConstantOfShape", "Div", "Expand", "Mul", "Sub"}
"""What numbers may go through as they are."""


def read(data: bytes, conventions: Conventions, place: str) -> Stack:
    """Return the layers of a model in a file's bytes; no other file is read.

    Raises BonsaiError, beginning with `place`, for other operators, attributes that no layer here
    has, weights in other files, and arrays that do not fit.
    """
    for flag, value in (("activation", conventions.activation), ("between", conventions.between)):
        if value is not None:
            raise BonsaiError(f"{place}: says itself what --{flag} would say; leave that out")
    model = Model(data, conventions.initial, place)
    return _Reader(model, conventions).stack()


_MISFITS = (ValueError, IndexError, KeyError, TypeError, AttributeError, OverflowError, MemoryError)
"""What a broken model's attributes and arrays make the operators raise."""


class _Reader:
    """One model, followed from its input to its first output."""

    def __init__(self, model: Model, conventions: Conventions) -> None:
        self.model, self.conventions = model, conventions
        self.fail, self.place, self.values = model.fail, model.place, model.values
        self.layers: list[Recurrent | Dense] = []
        self.ticks = self.rows = self.input_width = self.version = 0

    def stack(self) -> Stack:
        """Return the layers that the first output comes from."""
        name = self.model.output
        for node in self.model.ancestors(name):
            self.compute(node)
        found = self.values.get(name)
        if found is None or found.version is None or found.version == 0:
            raise self.fail(shown(name), "comes from no recurrent layer")
        self.expect_last(found, name)
        self.expect_all_ticks(found.array.reshape(-1), name)
        recurrent = [layer for layer in self.layers if isinstance(layer, Recurrent)]
        if self.conventions.initial is not None and not self.model.takes_first_states:
            filled = iter(with_initial(recurrent, self.conventions.initial))
            self.layers = [
                next(filled) if isinstance(layer, Recurrent) else layer for layer in self.layers
            ]
        return expect_small(Stack(self.input_width, tuple(self.layers)), self.place)

    def expect_all_ticks(self, places: Array, name: str) -> None:
        """Raise BonsaiError unless all ticks stand there in their order, or the last one alone."""
        if _is_rows(places, self.units):
            told = places.reshape(-1, self.units)[:, 0] // self.units
            columns = [(told // self.rows)[told % self.rows == row] for row in range(self.rows)]
            for wanted in (np.arange(self.ticks), np.array([self.ticks - 1])):
                if all(np.array_equal(column, wanted) for column in columns):
                    return
        raise self.fail(shown(name), "does not hold the outputs of all ticks in their order")

    def compute(self, node: Any) -> None:
        """Give a node's outputs their values."""
        kind, name = node.op_type, shown(node.name or node.op_type)
        if node.domain not in ("", "ai.onnx"):
            raise self.fail(
                name, f"is of the domain {shown(node.domain)}, of which nothing is known"
            )
        given = [self.values.get(source) if source else None for source in node.input]
        missing = [s for s, value in zip(node.input, given, strict=True) if s and value is None]
        if missing:
            raise self.fail(name, f"reads {shown(missing[0])}, which nothing makes")
        try:
            results = self.results(kind, node, given, name)
        except ShapeError as error:
            raise self.fail(name, str(error)) from None
        except _MISFITS as error:
            raise self.fail(name, f"does not fit what it reads ({shortened(str(error))})") from None
        for output, value in zip(node.output, results, strict=False):
            if value.array.size > MOST_WEIGHTS:
                raise self.fail(name, "makes an array that is too large")
            self.values[output] = value

    def results(
        self, kind: str, node: Any, given: Sequence[Value | None], name: str
    ) -> Sequence[Value]:
        attributes = {item.name: onnx.helper.get_attribute_value(item) for item in node.attribute}
        if kind in KINDS:
            return self.recurrent(kind, attributes, given, name)
        if kind == "Constant":
            held = next(iter(attributes.values()), 0)
            return [Value(self.model.numbers(held) if "value" in attributes else np.asarray(held))]
        if kind == "Shape":
            shape = np.array(_given(given, 0).array.shape, dtype=np.int64)
            first, last = attributes.get("start", 0), attributes.get("end", len(shape))
            return [Value(shape[first:last])]
        data = [value for value in given if value is not None and value.version is not None]
        if data and kind not in MOVING:
            return [self.dense(kind, attributes, given, name)]
        versions = {value.version for value in data}
        if len(versions) > 1 or kind not in SHAPING:
            raise self.fail(name, f"is of the kind {shown(kind)}, which no layer here has")
        movable = given if kind == "Concat" else given[:1]
        if data and any(value not in movable for value in data):
            raise self.fail(name, "moves by numbers that are no constants")
        if data and any(value is None or value.version is None for value in movable):
            raise self.fail(name, "puts constants beside numbers of a layer")
        arrays = [None if value is None else value.array for value in given]
        made = SHAPING[kind](arrays, attributes)
        return [Value(np.asarray(array), *versions) for array in made]

    def expect_last(self, value: Value, name: str) -> None:
        if value.version != self.version:
            raise self.fail(name, "branches off; layers are wanted one after the other")

    @property
    def units(self) -> int:
        """How many outputs the last layer has."""
        last = self.layers[-1]
        return last.units if isinstance(last, Recurrent) else len(last.bias)

    def dense(
        self, kind: str, attributes: Mapping[str, Any], given: Sequence[Value | None], name: str
    ) -> Value:
        """Add what a node does to numbers, as a dense layer or to the last one."""
        data = next(value for value in given if value is not None and value.version is not None)
        others = [value for value in given if value is not None and value is not data]
        assert data.version is not None
        if data.version == 0 or any(value.version is not None for value in others):
            raise self.fail(name, f"is of the kind {shown(kind)}; recurrent layers come first")
        self.expect_last(data, name)
        width, rank = self.units, data.array.ndim
        if kind in ("Softmax", "LogSoftmax") and self.conventions.output == "argmax":
            return data  # It keeps the order of the scores.
        if data.array.shape[-1:] != (width,) or not _is_rows(data.array.reshape(-1), width):
            raise self.fail(name, "does not read one tick's numbers in its last axis")
        rows = data.array[..., 0] // width
        if kind in BENDS:
            self.extend(Dense(np.eye(width), np.zeros(width), Activation(BENDS[kind])))
        elif kind == "MatMul" and given[0] is data:
            weights = self.matrix(others[0], width, name)
            self.extend(Dense(weights.T, np.zeros(weights.shape[1])))
        elif kind == "Gemm" and given[0] is data and not attributes.get("transA", 0):
            kernel = _given(given, 1)
            if attributes.get("transB", 0):
                kernel = Value(kernel.array.T)
            weights = self.matrix(kernel, width, name)
            bias = others[1].array if len(others) > 1 else np.zeros(1)
            alpha, beta = float(attributes.get("alpha", 1.0)), float(attributes.get("beta", 1.0))
            whole = self.row(bias, weights.shape[1], 2, name) * beta
            self.extend(Dense(weights.T * alpha, whole))
        elif kind in ("Add", "Sub") and (kind == "Add" or given[0] is data):
            bias = self.row(others[0].array, width, rank, name)
            self.extend(Dense(np.eye(width), -bias if kind == "Sub" else bias))
        elif kind == "Mul" or (kind == "Div" and given[0] is data):
            factor = self.row(others[0].array, width, rank, name)
            with np.errstate(all="ignore"):
                factor = 1 / factor if kind == "Div" else factor
            self.extend(Dense(np.diag(factor), np.zeros(width)))
        else:
            raise self.fail(name, f"is of the kind {shown(kind)}, which no layer here has")
        self.version += 1
        return Value(rows[..., None] * self.units + np.arange(self.units), self.version)

    def extend(self, layer: Dense) -> None:
        """Add a dense layer; into the last one where that only bends nothing or this only bends."""
        checked(layer.weights, f"{self.place}: a dense layer")
        checked(layer.bias, f"{self.place}: a dense layer")
        last = self.layers[-1]
        plain = np.array_equal(layer.weights, np.eye(len(layer.bias)))
        if isinstance(last, Dense) and last.activation == LINEAR and plain:
            self.layers[-1] = Dense(last.weights, last.bias + layer.bias, layer.activation)
        else:
            self.layers.append(layer)

    def matrix(self, value: Value, width: int, name: str) -> Floats:
        array = value.array
        if array.ndim != 2 or array.shape[0] != width:
            raise self.fail(name, f"has weights of shape {array.shape}, but {(width, 'any')} fits")
        return checked(array, f"{self.place}: {name}")

    def row(self, array: Array, width: int, rank: int, name: str) -> Floats:
        """Return what is added to each tick's numbers."""
        if (
            array.ndim > max(rank, 1)
            or array.size not in (1, width)
            or (array.ndim and array.size == width and array.shape[-1] != width)
        ):
            raise self.fail(name, f"has numbers of shape {array.shape}, but {(width,)} fits here")
        numbers = checked(array, f"{self.place}: {name}").reshape(-1)
        return np.broadcast_to(numbers, (width,)).copy()

    def recurrent(
        self, kind: str, attributes: Mapping[str, Any], given: Sequence[Value | None], name: str
    ) -> Sequence[Value]:
        """Add a recurrent layer; return its outputs: of all ticks, and of the last one."""
        given = [*given, *[None] * (8 - len(given))]
        data, others = given[0], given[1:]
        if data is None or data.version is None:
            raise self.fail(name, "reads no input of the model")
        if any(value is not None and value.version is not None for value in others):
            raise self.fail(name, "has weights or first states that are no constants")
        kernel, own, bias, lengths, hidden, cells, peepholes = (
            None if value is None else value.array for value in others[:7]
        )
        self.expect_last(data, name)
        layout = bool(attributes.get("layout", 0))
        places = data.array.swapaxes(0, 1) if layout else data.array
        if places.ndim != 3:
            raise self.fail(name, "reads an array of other than three axes")
        ticks, rows, width = places.shape
        self.expect_ticks(places, name)
        if lengths is not None and (lengths != ticks).any():
            raise self.fail(name, "has words of several lengths")
        operator = Operator(
            kind,
            attributes,
            kernel,
            own,
            bias,
            hidden,
            cells,
            peepholes,
            rows,
            width,
            partial(self.fail, name),
            f"{self.place}: {name}",
        )
        self.layers.append(recurrent_layer(operator))
        self.version += 1
        told = np.arange(ticks * rows * self.units).reshape(ticks, rows, self.units)
        if layout:
            whole, last = told.swapaxes(0, 1)[:, :, None], told[-1][:, None]
        else:
            whole, last = told[:, None], told[-1][None]
        return [Value(whole, self.version), Value(last, self.version)]

    def expect_ticks(self, places: Array, name: str) -> None:
        """Raise BonsaiError unless a layer reads all numbers of the layer before, tick by tick."""
        ticks, rows, width = places.shape
        if not self.layers:
            self.ticks, self.rows, self.input_width = ticks, rows, width
            # Forwards in time and through a tick's numbers, with nothing left out or twice.
            steps = [np.diff(places, axis=axis) for axis in range(3)]
            even = all(part.size == 0 or (part == part.flat[0]).all() for part in steps)
            forwards = all(part.size == 0 or part.flat[0] > 0 for part in steps)
            whole = np.array_equal(np.unique(places), np.arange(self.model.size))
            if not (even and forwards and whole):
                raise self.fail(name, "does not read all of its input's numbers in their order")
            return
        wanted = np.arange(places.size).reshape(self.ticks, self.rows, self.units)
        if not np.array_equal(places, wanted):
            raise self.fail(name, "does not read all ticks of the layer before in their order")


def _is_rows(places: Array, width: int) -> bool:
    """Return whether places are rows of `width` numbers in their order."""
    if places.size % width:
        return False
    rows = places.reshape(-1, width)
    return bool(((rows == rows[:, :1] + np.arange(width)) & (rows[:, :1] % width == 0)).all())


def _given(given: Sequence[Value | None], place: int) -> Value:
    value = given[place] if place < len(given) else None
    if value is None:
        raise ShapeError("has an input too few")
    return value
