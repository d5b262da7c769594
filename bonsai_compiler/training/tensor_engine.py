"""The cell in plain tinygrad expressions, for any device: what the kernels are tested against."""

from __future__ import annotations

import numpy as np
from tinygrad import Tensor
from tinygrad.nn.optim import Adam

from bonsai_compiler.devices.tensors import activate, on_device, read, write
from bonsai_compiler.training.descent import (
    DECAYS,
    SMALLEST,
    Engine,
    Learners,
    Traces,
    sparsity,
)
from bonsai_compiler.training.pool import Figures
from bonsai_compiler.training.recipe import Recipe
from bonsai_compiler.training.shape import Field, Shape, regular_share


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

    def loss(self, parameters: Tensor, x: Tensor, y: Tensor) -> Tensor:
        """Return (replicas,): the mean squared error over the outputs that count."""
        fields = self.fields(parameters)
        states = self.initial_states(fields, y.shape[0])
        tops = []
        for tick in range(y.shape[1]):
            top, states = self.tick(fields, x[:, tick], states)
            tops.append(top)
        counts = y * y
        wrong = (self.dense(fields, border(Tensor.stack(*tops, dim=2))) - y) * counts
        return (wrong * wrong).sum((1, 2, 3)) / counts.sum().maximum(1.0)

    def outputs(self, parameters: Tensor, x: Tensor) -> Tensor:
        """Return (replicas, batch, ticks, outputs); has no gradient.

        Each tick is computed before the next, so that a few small kernels serve any length.
        """
        fields = self.fields(parameters)
        states = [state.contiguous().realize() for state in self.initial_states(fields, x.shape[0])]
        rows = []
        for tick in range(x.shape[1]):
            top, states = self.tick(fields, x[:, tick].contiguous().realize(), states)
            row = self.dense(fields, top).contiguous()
            Tensor.realize(row, *states)
            rows.append(row)
        return Tensor.stack(*rows, dim=2).realize()

    def fields(self, parameters: Tensor) -> dict[Field, Tensor]:
        """Return each kernel, bias and initial state as (replicas, rows, columns)."""
        replicas = parameters.shape[0]
        return {
            field: border(parameters[:, field.offset : field.end]).reshape(
                replicas, field.rows, field.columns
            )
            for field in self.shape.fields()
            if field.end > field.offset
        }

    def initial_states(self, fields: dict[Field, Tensor], batch: int) -> list[Tensor]:
        """Return (replicas, batch, states) of each cell that has states."""
        rows = [fields[cell.initial_state] for cell in self.shape.layout if cell.states]
        return [row.expand(-1, batch, row.shape[2]) for row in rows]

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


class TensorDescent:
    """The plain way: an engine's loss, differentiated by tinygrad, and tinygrad's Adam."""

    def __init__(self, engine: Engine, recipe: Recipe, learners: Learners) -> None:
        self.engine, self.recipe, self.learners = engine, recipe, learners
        device = engine.device
        self.share = on_device(regular_share(engine.shape), device)
        self.intensity = on_device(np.zeros(1, np.float32), device)
        self.optimizer = Adam([learners.parameters], b1=DECAYS[0], b2=DECAYS[1], eps=SMALLEST)
        # Made here, not on the device: each of tinygrad's own would be one more kernel to compile.
        self.optimizer.lr = on_device(np.zeros(1, np.float32), device)
        powers = (on_device(np.ones(1, np.float32), device) for _ in DECAYS)
        self.powers = tuple(power.is_param_(False) for power in powers)
        self.optimizer.b1_t, self.optimizer.b2_t = self.powers
        self.optimizer.m, self.optimizer.v = [learners.first], [learners.second]

    def pace(self, rate: float, intensity: float, powers: Figures) -> None:
        values = (rate, intensity, *powers)
        tensors = (self.optimizer.lr, self.intensity, *self.powers)
        for tensor, value in zip(tensors, values, strict=True):
            write(tensor, np.array([value], np.float32))

    def step(self, index: int, x: Tensor, y: Tensor) -> Traces:
        self.optimizer.zero_grad()
        weights = self.learners.parameters * self.learners.masks
        loss = self.engine.loss(weights, x, y)
        extra = sparsity(weights, self.share, self.intensity, self.recipe)
        (loss + extra).sum().backward()
        Tensor.realize(loss, extra, *self.optimizer.schedule_step())
        return loss, extra

    def figures(self, traces: Traces) -> tuple[Figures, Figures]:
        return read(traces[0]), read(traces[1])
