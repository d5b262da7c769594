"""Training steps in place: down the slopes of the loss and of the regulariser, by Adam's rule."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from tinygrad import Tensor
from tinygrad.nn.optim import Adam

from bonsai_compiler.devices.tensors import on_device, read, write
from bonsai_compiler.training.engine import Engine
from bonsai_compiler.training.pool import Figures
from bonsai_compiler.training.recipe import Recipe
from bonsai_compiler.training.regulariser import sparsity
from bonsai_compiler.training.shape import regular_share

# How much of its moments Adam keeps at each step, and what it adds to what it divides by.
DECAYS = (0.9, 0.999)
SMALLEST = 1e-8

Traces = tuple[Tensor, Tensor]


class Learners:
    """A population in training: (replicas, parameters) each, on the device.

    `first` and `second` are Adam's moments. A weight whose mask is 0 is 0, as is its first moment.
    """

    def __init__(self, replicas: int, parameters: int, device: str) -> None:
        empty = np.zeros((replicas, parameters), np.float32)
        self.parameters = on_device(empty, device).is_param_()
        self.first, self.second = on_device(empty, device), on_device(empty, device)
        self.masks = on_device(np.ones_like(empty), device)


class Descent(Protocol):
    """Takes learners down, some steps a call, which is recorded once and then replayed."""

    def pace(self, rate: float, intensity: float, powers: Figures) -> None:
        """Set the learning rate and the regulariser's intensity of the steps of the next call.

        `powers` are the powers of DECAYS that the steps before it have come to.
        """

    def step(self, index: int, x: Tensor, y: Tensor, *places: Tensor) -> Traces:
        """Take the call's step number `index`, on sequences as an engine's `loss` takes them."""

    def figures(self, traces: Traces) -> tuple[Figures, Figures]:
        """Return (replicas,) each: the loss and the regularisation of the step that left these."""


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

    def step(self, index: int, x: Tensor, y: Tensor, *places: Tensor) -> Traces:
        self.optimizer.zero_grad()
        weights = self.learners.parameters * self.learners.masks
        loss = self.engine.loss(weights, x, y, *places)
        extra = sparsity(weights, self.share, self.intensity, self.recipe)
        (loss + extra).sum().backward()
        Tensor.realize(loss, extra, *self.optimizer.schedule_step())
        return loss, extra

    def figures(self, traces: Traces) -> tuple[Figures, Figures]:
        return read(traces[0]), read(traces[1])
