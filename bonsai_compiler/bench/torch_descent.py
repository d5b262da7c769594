"""The same regression in PyTorch, on its CPU: what the kernel is compared with."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from bonsai_compiler.bench.regression import Regression
from bonsai_compiler.devices.templates import fold
from bonsai_compiler.growth.descent import DECAYS, SMALLEST, lesson_of
from bonsai_compiler.ir.activation import Activation


def activation_of(activation: Activation) -> Callable[[Any], Any]:
    """Return the activation as one operation with a slope of its own, folded as in the kernel.

    Differentiated operation by operation, it takes PyTorch several times as long.
    """
    shape = fold(activation)
    linear, quartic, leak = shape["linear"], shape["quartic"], shape["leak"]
    one = torch.ones(())

    class Folded(torch.autograd.Function):  # type: ignore[misc]
        @staticmethod
        def forward(context: Any, x: Any) -> Any:
            beyond = x.abs() - 2.0
            offset = 1.0 - beyond.abs()
            inside = beyond <= 1.0
            inner = torch.where(inside, linear, -leak) * torch.copysign(one, offset)
            term = torch.where(inside, quartic * (offset * offset * offset), 0.0)
            context.save_for_backward(inner + 4.0 * term)
            return torch.sign(x) * torch.sign(beyond) * (1.0 - offset * (inner + term))

        @staticmethod
        def backward(context: Any, *slopes: Any) -> Any:
            return slopes[0] * context.saved_tensors[0]

    return Folded.apply  # type: ignore[no-any-return]


class TorchDescent:
    """A batched product of all networks each layer, differentiation, and PyTorch's fused Adam."""

    def __init__(self, given: Regression, *, compiled: bool) -> None:
        learners, shape = given.learners, given.architecture
        lesson = lesson_of(shape, learners.codes, given.table, given.order(1)[0])
        asked = lesson.of(torch.from_numpy)
        replicas, (rows, outputs) = len(learners), asked.outputs[0].shape
        padding = torch.zeros(replicas, rows, shape.reads - shape.state_rows.stop)
        reads = torch.cat([asked.given[0], asked.begin, padding], 2)
        wanted = torch.cat([asked.wanted, asked.outputs[0].expand(replicas, rows, outputs)], 2)
        counts = torch.cat([asked.known.expand(rows, shape.bits), asked.counts[0]], 1)
        layers = shape.layers(learners.parameters)
        masks = shape.layers(learners.masks.astype(np.float32))
        self.layers = [torch.from_numpy(layer.copy()).requires_grad_() for layer in layers]
        self.masks = [torch.from_numpy(mask) for mask in masks]
        rate, pull = given.pace.rate, given.pace.pull
        self.adam = torch.optim.Adam(self.layers, rate, DECAYS, SMALLEST, fused=True)
        activate = activation_of(shape.activation)

        def losses(hidden: Any, last: Any) -> Any:
            all_reads = torch.cat([reads, activate(torch.bmm(reads, hidden))], 2)
            missed = (activate(torch.bmm(all_reads, last)) - wanted) * counts
            return (missed * missed).sum(2).mean(1)

        def pulled(slope: Any, layer: Any, mask: Any) -> Any:
            return mask * (slope + pull * torch.where(layer < 0, -1.0, 1.0))

        self.losses = torch.compile(losses) if compiled else losses
        self.pulled = torch.compile(pulled) if compiled else pulled

    def step(self) -> Any:
        """Take a step, and return the losses before it: (replicas,)."""
        self.adam.zero_grad()
        losses = self.losses(*self.layers)
        losses.sum().backward()
        with torch.no_grad():
            for layer, mask in zip(self.layers, self.masks, strict=True):
                layer.grad = self.pulled(layer.grad, layer, mask)
        self.adam.step()
        return losses.detach()

    def parameters(self) -> npt.NDArray[np.float32]:
        """Return the networks as they are now."""
        flat = [layer.detach().flatten(1) for layer in self.layers]
        return np.asarray(torch.cat(flat, 1).numpy())
