"""Activations of tinygrad's tensors."""

from __future__ import annotations

from tinygrad import Tensor

from bonsai_compiler.ir.activation import Activation, ameo_pieces


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
