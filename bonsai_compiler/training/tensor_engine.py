"""The cell in plain tinygrad expressions, for any device: what the kernels are tested against."""

from __future__ import annotations

from tinygrad import Tensor

from bonsai_compiler.devices.tensors import activate
from bonsai_compiler.training.shape import Codes, Field, Shape, codes_of


def border(tensor: Tensor) -> Tensor:
    """Return the tensor, computed by itself, and so its gradient.

    Without borders tinygrad fuses all ticks into one kernel, forward and back, which takes its
    compiler many minutes.
    """
    return tensor.contiguous().contiguous_backward()


class TensorEngine:
    """Unrolled over ticks, a matrix product a kernel: any device, but slow to start and to run."""

    def __init__(self, shape: Shape, device: str) -> None:
        self.shape = shape
        self.device = device
        self.starts = Tensor(list(range(shape.starts)), device=device).realize()

    def loss(
        self, parameters: Tensor, x: Tensor, y: Tensor, places: Tensor | None = None
    ) -> Tensor:
        """Return (replicas,): the mean squared error over outputs that count, and the codes'."""
        batch, ticks, _ = y.shape
        fields = self.fields(parameters)
        codes = codes_of(self.shape)
        at = None if places is None else self.one_hot(places, batch, ticks)
        states = self.initial_states(fields, batch, at)
        tops = []
        missed = fields[self.shape.dense_bias].sum((1, 2)) * 0.0
        for tick in range(ticks):
            if at is not None and tick:  # only a share of the slope goes back
                states = [s * codes.carry + s.detach() * (1.0 - codes.carry) for s in states]
            top, states = self.tick(fields, x[:, tick], states)
            tops.append(top)
            if at is not None:
                asked = at[tick + 1].sum(1, keepdim=True)
                for state, due in zip(
                    states, self.initial_states(fields, batch, at, tick + 1), strict=True
                ):
                    gap = (state - due) * asked
                    missed = missed + (gap * gap).sum((1, 2))
        top = border(Tensor.stack(*tops, dim=2))
        counts = y * y
        wrong = (self.dense(fields, top) - y) * counts
        total = (wrong * wrong).sum((1, 2, 3)) + missed * codes.arrival
        return total / counts.sum().maximum(1.0) + self.crowding(fields, codes)

    def one_hot(self, places: Tensor, batch: int, ticks: int) -> Tensor:
        """Return (ticks + 1, batch, starts): which place, if any."""
        rows = places[: (ticks + 1) * batch].reshape(ticks + 1, batch, 1)
        return (rows == self.starts).float()

    def crowding(self, fields: dict[Field, Tensor], codes: Codes) -> Tensor | float:
        """Return (replicas,): how far codes are from being apart."""
        kept = [fields[cell.initial_state] for cell in self.shape.layout if cell.states]
        if self.shape.starts == 1 or not kept:
            return 0.0
        rows = border(kept[0].cat(*kept[1:], dim=2))
        gaps = rows.unsqueeze(1) - rows.unsqueeze(2)
        near = (1.0 - (gaps * gaps).sum(3) / codes.apart).maximum(0.0)
        others = 1.0 - (self.starts == self.starts.reshape(-1, 1)).float()
        return (near * near * others).sum((1, 2)) * (codes.push / 2.0)

    def outputs(self, parameters: Tensor, x: Tensor) -> Tensor:
        """Return (replicas, batch, ticks, outputs); has no gradient.

        Each tick is computed before the next, so that a few small kernels serve any length.
        """
        fields = self.fields(parameters)
        states = [state.contiguous().realize() for state in self.initial_states(fields, x.shape[0])]
        rows = []
        for tick in range(x.shape[1]):
            top, states = self.tick(fields, x[:, tick].contiguous().realize(), states)
            if self.shape.settled:
                states = [(state < 0.0).where(-1.0, 1.0).contiguous() for state in states]
            row = self.dense(fields, top).contiguous()
            Tensor.realize(row, *states)
            rows.append(row)
        return Tensor.stack(*rows, dim=2).realize()

    def fields(self, parameters: Tensor) -> dict[Field, Tensor]:
        """Return each kernel, bias and initial state as (replicas, rows, columns)."""
        replicas = parameters.shape[0]
        fields = {
            field: border(parameters[:, field.offset : field.end]).reshape(
                replicas, field.rows, field.columns
            )
            for field in self.shape.fields()
            if field.end > field.offset
        }
        if self.shape.settled:
            for field in fields:
                if field.name == "initial_state":
                    fields[field] = fields[field].detach()
        return fields

    def initial_states(
        self, fields: dict[Field, Tensor], batch: int, at: Tensor | None = None, tick: int = 0
    ) -> list[Tensor]:
        """Return (replicas, batch, states) of each cell that has states: the first, or `at`'s."""
        rows = [fields[cell.initial_state] for cell in self.shape.layout if cell.states]
        if at is None:
            return [codes[:, :1].expand(-1, batch, codes.shape[2]) for codes in rows]
        return [border(at[tick].matmul(codes)) for codes in rows]

    def tick(
        self, fields: dict[Field, Tensor], x: Tensor, states: list[Tensor]
    ) -> tuple[Tensor, list[Tensor]]:
        """Return the last cell's output (replicas, batch, outputs) and the new states."""
        before, after = iter(states), []
        replicas, batch = fields[self.shape.dense_bias].shape[0], x.shape[0]
        current = x.expand(replicas, batch, self.shape.inputs) if self.shape.inputs else None
        for cell in self.shape.layout:
            parts = [current] if current is not None else []
            parts += [next(before)] if cell.states else []
            reads = border(parts[0].cat(*parts[1:], dim=2)) if parts else None

            def layer(kernel: Field, bias: Field, reads: Tensor | None = reads) -> Tensor:
                total = fields[bias].contiguous_backward().expand(-1, batch, kernel.columns)
                if reads is not None:
                    total = reads.matmul(fields[kernel].contiguous_backward()) + total
                return border(activate(self.shape.activation, border(total)))

            current = layer(cell.output_kernel, cell.output_bias)
            if cell.states:
                after.append(layer(cell.recurrent_kernel, cell.recurrent_bias))
        return current, after

    def dense(self, fields: dict[Field, Tensor], top: Tensor) -> Tensor:
        """Return the outputs, of the shape of `top` but for the last axis."""
        flat = top.reshape(top.shape[0], -1, top.shape[-1])
        weights = fields[self.shape.dense_weights].transpose(1, 2)
        return (flat.matmul(weights) + fields[self.shape.dense_bias]).reshape(*top.shape[:-1], -1)
