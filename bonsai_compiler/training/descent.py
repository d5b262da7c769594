"""What both engines share: a population in training, the regulariser, and what a step is."""

from __future__ import annotations

import math
from typing import Protocol

import numpy as np
from tinygrad import Tensor

from bonsai_compiler.devices.tensors import on_device
from bonsai_compiler.training.pool import Figures
from bonsai_compiler.training.recipe import Recipe
from bonsai_compiler.training.shape import Shape

# How much of its moments Adam keeps at each step, and what it adds to what it divides by.
DECAYS = (0.9, 0.999)
SMALLEST = 1e-8

Traces = tuple[Tensor, Tensor]


class Engine(Protocol):
    """Evaluates a population on a batch of sequences that all replicas share.

    `parameters` is (replicas, parameters) in the layout of `shape`, `x` (batch, ticks, inputs)
    and `y` (batch, ticks, outputs) of -1 and 1, with 0 where the output may be anything.
    """

    shape: Shape
    device: str

    def loss(self, parameters: Tensor, x: Tensor, y: Tensor) -> Tensor:
        """Return (replicas,): the mean squared error over the outputs that count."""

    def outputs(self, parameters: Tensor, x: Tensor) -> Tensor:
        """Return (replicas, batch, ticks, outputs); no gradient is asked of it."""


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

    def step(self, index: int, x: Tensor, y: Tensor) -> Traces:
        """Take the call's step number `index`, on sequences as an engine's `loss` takes them."""

    def figures(self, traces: Traces) -> tuple[Figures, Figures]:
        """Return (replicas,) each: the loss and the regularisation of the step that left these."""


def sparsity(parameters: Tensor, share: Tensor, intensity: Tensor, recipe: Recipe) -> Tensor:
    """Return (replicas,): the sum over kernels of the mean of intensity * T(w) + l1 * |w|.

    T(w) = tanh((|w| - threshold) * steepness) - tanh(-threshold * steepness): a step near zero that
    pulls a weight to nothing or leaves it alone. `share` is (parameters,), one over the size of
    each weight's kernel and 0 for biases; `intensity` is the scheduled factor of the threshold
    part, shape (1,). Source: "Growing Bonsai Networks with RNNs", section "Sparsity".
    """
    size = parameters.abs()
    step = ((size - recipe.threshold) * recipe.steepness).tanh() - floor(recipe)
    return ((step * intensity + size * recipe.l1) * share).sum(1)


def floor(recipe: Recipe) -> float:
    """Return what the tanh of T is where w = 0."""
    return math.tanh(-recipe.threshold * recipe.steepness)
