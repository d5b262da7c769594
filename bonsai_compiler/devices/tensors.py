"""Tensors of tinygrad that are read and written in place, and activations of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from tinygrad import Tensor

from bonsai_compiler.ir.activation import Activation, ameo_pieces


def on_device(values: npt.NDArray[Any], device: str) -> Tensor:
    """Return a tensor with a buffer of its own, which `write` can fill again."""
    return Tensor(values, device=device).realize()


def write(tensor: Tensor, values: npt.NDArray[Any]) -> None:
    """Put values into the tensor's own buffer, which a recorded graph goes on reading."""
    buffer = tensor.uop.base.buffer
    buffer.allocator._copyin(buffer.get_buf(buffer.device), values.data.cast("B"))


def read(tensor: Tensor) -> npt.NDArray[np.float64]:
    """Return the tensor's values once the device has come to them."""
    return np.asarray(tensor.numpy(), np.float64)


def activate(activation: Activation, x: Tensor) -> Tensor:
    """Return the activation of each element; its slope comes from tinygrad's differentiation."""
    pieces = ameo_pieces(activation.factor, activation.leak)
    beyond = [x > piece.end for piece in pieces[:-1]]

    def choose(values: list[float]) -> Tensor | float:
        chosen: Tensor | float = values[0]
        for index, value in enumerate(values[1:]):
            if value != values[index]:
                chosen = beyond[index].where(value, chosen)
        return chosen

    offset = x - choose([piece.centre for piece in pieces])
    total = x * 0.0
    for power in reversed(range(max(len(piece.coefficients) for piece in pieces))):
        column = [
            piece.coefficients[power] if power < len(piece.coefficients) else 0.0
            for piece in pieces
        ]
        total = total * offset + choose(column)
    return total
