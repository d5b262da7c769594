"""The cell in plain tinygrad expressions, for any device: what the kernels are tested against."""

from __future__ import annotations

from tinygrad import Tensor

from bonsai_compiler.activation import Activation, ameo_pieces
from bonsai_compiler.growth.shape import Field, Shape


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


class TensorEngine:
    """Unrolled over ticks, one matrix product a kernel: any device, but slow to start and to run."""

    def __init__(self, shape: Shape, device: str) -> None:
        self.shape = shape
        self.device = device

    def loss(self, parameters: Tensor, x: Tensor, y: Tensor) -> Tensor:
        """Return (replicas,): the mean squared error over the outputs that count."""
        counts = y * y
        wrong = (self.unrolled(parameters, x, y.shape[0], y.shape[1]) - y) * counts
        return (wrong * wrong).sum((1, 2, 3)) / counts.sum()

    def outputs(self, parameters: Tensor, x: Tensor) -> Tensor:
        """Return (replicas, batch, ticks, outputs); no gradient is asked of it."""
        return self.unrolled(parameters, x, x.shape[0], x.shape[1])

    def unrolled(self, parameters: Tensor, x: Tensor, batch: int, ticks: int) -> Tensor:
        """Return (replicas, batch, ticks, outputs), differentiable."""
        shape = self.shape
        replicas = parameters.shape[0]

        # Without these borders tinygrad would fuse every tick into one kernel, forward and back,
        # and take minutes to compile it.
        def border(tensor: Tensor) -> Tensor:
            return tensor.contiguous().contiguous_backward()

        fields = {
            field: border(parameters[:, field.offset : field.end]).reshape(
                replicas, field.rows, field.columns
            )
            for field in shape.fields()
            if field.end > field.offset
        }

        def layer(reads: Tensor | None, kernel: Field, bias: Field) -> Tensor:
            total = fields[bias].contiguous_backward().expand(replicas, batch, kernel.columns)
            if reads is not None:
                total = reads.matmul(fields[kernel].contiguous_backward()) + total
            return border(activate(shape.activation, border(total)))

        states = [
            fields[cell.initial_state].expand(replicas, batch, cell.states) if cell.states else None
            for cell in shape.layout
        ]
        dense = fields[shape.dense_weights].transpose(1, 2)
        tops = []
        for tick in range(ticks):
            current = x[:, tick].expand(replicas, batch, shape.inputs) if shape.inputs else None
            for index, cell in enumerate(shape.layout):
                parts = [part for part in (current, states[index]) if part is not None]
                reads = border(parts[0].cat(*parts[1:], dim=2)) if parts else None
                current = layer(reads, cell.output_kernel, cell.output_bias)
                if cell.states:
                    states[index] = layer(reads, cell.recurrent_kernel, cell.recurrent_bias)
            tops.append(current)
        top = border(Tensor.stack(*tops, dim=2)).reshape(replicas, batch * ticks, -1)
        outputs = top.matmul(dense) + fields[shape.dense_bias]
        return outputs.reshape(replicas, batch, ticks, shape.outputs)
