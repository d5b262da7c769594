"""ONNX's operators that move numbers about, or compute shapes, on arrays; sizes are bounded.

Each is a function from its inputs (None where one is left out) and its attributes to its outputs.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from bonsai_compiler.networks.checked import MOST_WEIGHTS

Array = npt.NDArray[Any]
Inputs = Sequence[Array | None]
Attributes = Mapping[str, Any]
Shaping = Callable[[Inputs, Attributes], Sequence[Array]]


class ShapeError(Exception):
    """What an operator is given does not fit it; the message goes on after the node's name."""


def _input(given: Inputs, place: int) -> Array:
    array = given[place] if place < len(given) else None
    if array is None:
        raise ShapeError("has an input too few")
    return array


def _numbers(given: Inputs, attributes: Attributes, place: int, name: str) -> list[int] | None:
    """Return whole numbers that stand in an input, or in older models in an attribute."""
    array = given[place] if place < len(given) else None
    if array is None:
        array = np.asarray(attributes[name]) if name in attributes else None
    if array is None:
        return None
    if array.dtype.kind not in "iu" or array.size > 16:
        raise ShapeError("has a shape that is no row of whole numbers")
    return [int(number) for number in array.reshape(-1)]


def _expect_small(*shape: int) -> None:
    if prod(shape) > MOST_WEIGHTS or min(shape, default=1) < 0:
        raise ShapeError("makes an array that is too large")


def _transpose(given: Inputs, attributes: Attributes) -> Sequence[Array]:
    return [_input(given, 0).transpose(attributes.get("perm"))]


def _squeeze(given: Inputs, attributes: Attributes) -> Sequence[Array]:
    axes = _numbers(given, attributes, 1, "axes")
    return [_input(given, 0).squeeze(None if axes is None else tuple(axes))]


def _unsqueeze(given: Inputs, attributes: Attributes) -> Sequence[Array]:
    return [np.expand_dims(_input(given, 0), tuple(_numbers(given, attributes, 1, "axes") or ()))]


def _reshape(given: Inputs, attributes: Attributes) -> Sequence[Array]:
    array, shape = _input(given, 0), _numbers(given, attributes, 1, "shape") or []
    if not attributes.get("allowzero", 0):
        shape = [array.shape[place] if size == 0 else size for place, size in enumerate(shape)]
    return [array.reshape(shape)]


def _flatten(given: Inputs, attributes: Attributes) -> Sequence[Array]:
    array, axis = _input(given, 0), int(attributes.get("axis", 1))
    return [array.reshape(prod(array.shape[:axis]), -1)]


def _slice(given: Inputs, attributes: Attributes) -> Sequence[Array]:
    array = _input(given, 0)
    starts = _numbers(given, attributes, 1, "starts") or []
    ends = _numbers(given, attributes, 2, "ends") or []
    axes = _numbers(given, attributes, 3, "axes") or [*range(len(starts))]
    steps = _numbers(given, attributes, 4, "steps") or [1] * len(starts)
    places = [slice(None)] * array.ndim
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        # A large end means all; backwards, a very small one means down to the first.
        last = None if step < 0 and end < -array.shape[axis] else end
        places[axis] = slice(start, last, step)
    return [array[tuple(places)]]


def _gather(given: Inputs, attributes: Attributes) -> Sequence[Array]:
    array, places = _input(given, 0), _input(given, 1)
    axis = int(attributes.get("axis", 0))
    _expect_small(array.size, places.size)
    return [array.take(places, axis=axis)]


def _concat(given: Inputs, attributes: Attributes) -> Sequence[Array]:
    arrays = [_input(given, place) for place in range(len(given))]
    return [np.concatenate(arrays, axis=int(attributes["axis"]))]


def _split(given: Inputs, attributes: Attributes) -> Sequence[Array]:
    array, axis = _input(given, 0), int(attributes.get("axis", 0))
    sizes = _numbers(given, attributes, 1, "split")
    if sizes is None:
        return np.array_split(array, int(attributes.get("num_outputs", 1)), axis=axis)
    return np.split(array, np.cumsum(sizes)[:-1], axis=axis)


def _constant_of_shape(given: Inputs, attributes: Attributes) -> Sequence[Array]:
    from onnx.numpy_helper import to_array

    shape = _numbers(given, {}, 0, "shape") or []
    _expect_small(*shape)
    held = attributes.get("value")
    value = np.zeros(1, dtype=np.float32) if held is None else to_array(held).reshape(-1)[:1]
    return [np.full(shape, value[0])]


def _expand(given: Inputs, attributes: Attributes) -> Sequence[Array]:
    array = _input(given, 0)
    shape = np.broadcast_shapes(array.shape, tuple(_numbers(given, {}, 1, "shape") or ()))
    _expect_small(*shape)
    return [np.broadcast_to(array, shape)]


def _same(given: Inputs, attributes: Attributes) -> Sequence[Array]:
    return [_input(given, 0)]


def _dropout(given: Inputs, attributes: Attributes) -> Sequence[Array]:
    if len(given) > 2 and given[2] is not None and np.any(given[2]):
        raise ShapeError("drops numbers at random, as in training")
    return [_input(given, 0)]


def _cast(given: Inputs, attributes: Attributes) -> Sequence[Array]:
    # The kinds of whole numbers and of floats; what is cast to either stays what it is.
    return [_input(given, 0)]


def _elementwise(function: Callable[[Array, Array], Any]) -> Shaping:
    def computed(given: Inputs, attributes: Attributes) -> Sequence[Array]:
        arrays = [_input(given, place) for place in range(len(given))]
        _expect_small(*np.broadcast_shapes(*(array.shape for array in arrays)))
        with np.errstate(all="ignore"):
            return [np.asarray(reduce(function, arrays))]

    return computed


def _quotient(one: Array, other: Array) -> Any:
    whole = one.dtype.kind in "iu" and other.dtype.kind in "iu"
    return one // np.where(other == 0, 1, other) if whole else one / other


SHAPING: dict[str, Shaping] = {
    "Add": _elementwise(np.add),
    "Cast": _cast,
    "Concat": _concat,
    "ConstantOfShape": _constant_of_shape,
    "Div": _elementwise(_quotient),
    "Dropout": _dropout,
    "Expand": _expand,
    "Flatten": _flatten,
    "Gather": _gather,
    "Identity": _same,
    "Mul": _elementwise(np.multiply),
    "Reshape": _reshape,
    "Slice": _slice,
    "Split": _split,
    "Squeeze": _squeeze,
    "Sub": _elementwise(np.subtract),
    "Transpose": _transpose,
    "Unsqueeze": _unsqueeze,
}
