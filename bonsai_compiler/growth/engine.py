"""What growth asks of an engine, whichever device it runs on."""

from __future__ import annotations

from typing import Protocol

from tinygrad import Tensor

from bonsai_compiler.growth.shape import Shape


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
