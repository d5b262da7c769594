"""An ONNX model's parts: its constants, the shapes of its inputs, the nodes behind its output."""

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from google.protobuf.message import DecodeError

from bonsai_compiler.errors import BonsaiError, shortened, shown
from bonsai_compiler.networks.checked import MOST_WEIGHTS
from bonsai_compiler.networks.conventions import InitialStates
from bonsai_compiler.networks.onnx_layers import KINDS

Array = npt.NDArray[Any]

MOST_NODES = 10_000
LENGTHS = (3, 5, 7, 11)
"""What stands for the lengths that a model leaves open, each its own, so that none is mixed up."""

_UNROLLED = (
    "has no RNN, GRU or LSTM operator, as where a recurrence is written out for one length; export "
    "it by torch.onnx.export(..., dynamo=False, dynamic_axes={'x': {1: 'ticks'}})"
)


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """An array of numbers, or else of places, in what some `version` of the layers gives.

    Places count the numbers of its output, of all ticks and rows: tick, row, unit. Version 0 is the
    model's input, whose places are as they stand there.
    """

    array: Array
    version: int | None = None


class Model:
    """A model in a file's bytes; no other file is read.

    `values` has what is known before anything is computed: constants, and the inputs.
    """

    def __init__(self, data: bytes, initial: InitialStates | None, place: str) -> None:
        try:
            self.graph: Any = onnx.load_model_from_string(data).graph
        except (DecodeError, ValueError) as error:
            raise BonsaiError(f"{place}: is no ONNX model ({shortened(str(error))})") from None
        self.place, self.initial = place, initial
        if len(self.graph.node) > MOST_NODES:
            count = len(self.graph.node)
            raise self.fail("the graph", f"has {count} nodes; the most are {MOST_NODES}")
        if not any(node.op_type in KINDS for node in self.graph.node):
            raise BonsaiError(f"{place}: {_UNROLLED}")
        if not self.graph.output:
            raise self.fail("the graph", "has no output")
        self.values: dict[str, Value] = {}
        self.lengths: dict[str, int] = {}
        for tensor in self.graph.initializer:
            self.values[tensor.name] = Value(self.numbers(tensor))
        self.takes_first_states = self.bind_inputs()

    @property
    def output(self) -> str:
        """The name of the first output; others are not read."""
        return str(self.graph.output[0].name)

    def fail(self, name: str, fault: str) -> BonsaiError:
        """Return the complaint about a node, to be raised."""
        return BonsaiError(f"{self.place}: {name} {fault}")

    def numbers(self, tensor: Any) -> Array:
        """Return a tensor of the file as an array."""
        name = shown(tensor.name or "a constant")
        if tensor.data_location == onnx.TensorProto.EXTERNAL or tensor.external_data:
            raise self.fail(
                name,
                "has its numbers in another file, which is not read; save the model in one: "
                "onnx.save(onnx.load('model.onnx'), 'whole.onnx')",
            )
        if any(size < 0 for size in tensor.dims) or prod(tensor.dims) > MOST_WEIGHTS:
            raise self.fail(name, f"has shape {tuple(tensor.dims)[:8]}; that is too large")
        try:
            return np.asarray(onnx.numpy_helper.to_array(tensor))
        except (ValueError, TypeError, KeyError, OverflowError) as error:
            raise self.fail(name, f"is no array of its shape ({shortened(str(error))})") from None

    def bind_inputs(self) -> bool:
        """Give the model's inputs their values; return whether the first states are among them.

        The first input has places, any other is a first state, which users have to say.
        """
        open_inputs = [item for item in self.graph.input if item.name not in self.values]
        if not open_inputs:
            raise self.fail("the graph", "has no input")
        first, *others = open_inputs
        shape = self.shape_of(first, self.width())
        self.size = prod(shape)
        self.values[first.name] = Value(np.arange(self.size).reshape(shape), 0)
        given = self.initial
        for item, states in zip(others, ("hidden", "cells", None), strict=False):
            array = None if given is None or states is None else getattr(given, states)
            if array is None:
                raise self.fail(
                    shown(item.name), "is an input beside the first; say what it holds with --h0"
                )
            shape = self.shape_of(item, array.shape[-1])
            if len(shape) != 3 or (shape[0], shape[2]) != array.shape:
                raise self.fail(
                    shown(item.name), f"has shape {shape}, which {array.shape} of --h0 does not fit"
                )
            self.values[item.name] = Value(np.broadcast_to(array[:, None], shape))
        return bool(others)

    def shape_of(self, item: Any, last: int) -> tuple[int, ...]:
        """Return the shape of an input, with a length for each axis that it leaves open."""
        dims = item.type.tensor_type.shape.dim
        shape = []
        for place, dim in enumerate(dims):
            name = dim.dim_param or f"{item.name} {place}"
            if dim.dim_value:
                shape.append(int(dim.dim_value))
            elif place == len(dims) - 1:
                shape.append(last)
            else:
                left = [length for length in LENGTHS if length not in self.lengths.values()]
                shape.append(self.lengths.setdefault(name, left[0] if left else 1))
        if not 1 <= len(shape) <= 4 or min(shape) < 1 or prod(shape) > MOST_WEIGHTS:
            raise self.fail(
                shown(item.name), f"has shape {tuple(shape)[:8]}; ticks of numbers are wanted"
            )
        return tuple(shape)

    def width(self) -> int:
        """Return how many numbers the first recurrent operator reads."""
        for node in self.graph.node:
            if node.op_type in KINDS and len(node.input) > 1:
                weights = self.values.get(node.input[1])
                if weights is not None and weights.array.ndim == 3:
                    return int(weights.array.shape[2])
        return 1

    def ancestors(self, name: str) -> list[Any]:
        """Return the nodes that a value comes from, in the model's order."""
        makers = {output: node for node in self.graph.node for output in node.output if output}
        needed: set[int] = set()
        waiting = [name]
        while waiting:
            node = makers.get(waiting.pop())
            if node is not None and id(node) not in needed:
                needed.add(id(node))
                waiting += node.input
        return [node for node in self.graph.node if id(node) in needed]
