"""What growth asks of an engine, whichever device it runs on."""

from __future__ import annotations

from typing import Protocol

from tinygrad import Tensor

from bonsai_compiler.training.shape import Shape


class Engine(Protocol):
    """Evaluates a population on a batch of sequences that all replicas share.

    `parameters` is (replicas, parameters) in the layout of `shape`, `x` (batch, ticks, inputs)
    and `y` (batch, ticks, outputs) of -1 and 1, with 0 where the output may be anything.

    A shape of several starts asks for `places` too, int32 of (ticks + 1) * batch + 1: the start
    whose code holds before each tick and after the last, row by row, -1 where none does, and then
    how many ticks there are before the padding.
    """

    shape: Shape
    device: str

    def loss(
        self, parameters: Tensor, x: Tensor, y: Tensor, places: Tensor | None = None
    ) -> Tensor:
        """Return (replicas,): the mean squared error over the outputs that count.

        With places, what the states miss the codes by and what codes are too near is added.
        """

    def outputs(self, parameters: Tensor, x: Tensor) -> Tensor:
        """Return (replicas, batch, ticks, outputs); no gradient is asked of it.

        Where a shape's codes are settled, states go on from the nearest corner.
        """
