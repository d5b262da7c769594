"""The same cell in PyTorch, trained the same way: what the kernels are compared with."""

from collections.abc import Callable
from typing import Any

import torch

from bonsai_compiler.ir.activation import ameo_pieces
from bonsai_compiler.training.recipe import Recipe


def activate(x: Any) -> Any:
    """Return the default recipe's activation of each element."""
    pieces = ameo_pieces(Recipe().factor, Recipe().leak)
    beyond = [x > piece.end for piece in pieces[:-1]]

    def choose(values: list[float]) -> Any:
        chosen: Any = values[0]
        for index, value in enumerate(values[1:]):
            if value != values[index]:
                chosen = torch.where(beyond[index], value, chosen)
        return chosen

    offset = x - choose([piece.centre for piece in pieces])
    total: Any = 0.0
    for power in reversed(range(5)):
        column = [(*piece.coefficients, *(0.0,) * 5)[power] for piece in pieces]
        total = total * offset + choose(column)
    return total


def training_step(
    cells: tuple[tuple[int, int], ...], batch: int, ticks: int, compiled: bool
) -> Callable[[], None]:
    """Return a function that takes one step: forward, backward and Adam's update.

    `cells` are (outputs, states) of each recurrent cell, as in a recipe.
    """
    torch.manual_seed(0)
    widths = [1, *(outputs for outputs, _ in cells)]
    layers = [
        [torch.nn.Linear(inputs + cell[1], width) for width in cell]
        for inputs, cell in zip(widths, cells, strict=False)
    ]
    initials = [torch.nn.Parameter(torch.randn(states) * 0.5) for _, states in cells]
    dense = torch.nn.Linear(widths[-1], 1)
    every = [*(layer for pair in layers for layer in pair), dense]
    parameters = [*initials, *(values for layer in every for values in layer.parameters())]
    optimizer = torch.optim.Adam(parameters, lr=0.01)
    x = torch.randint(0, 2, (batch, ticks, 1)) * 2.0 - 1.0
    y = torch.roll(x, 2, 1)
    recipe = Recipe()

    def loss() -> Any:
        states = [initial.expand(batch, -1) for initial in initials]
        tops = []
        for tick in range(ticks):
            current = x[:, tick]
            for index, (output, recurrent) in enumerate(layers):
                reads = torch.cat([current, states[index]], 1)
                current, states[index] = activate(output(reads)), activate(recurrent(reads))
            tops.append(current)
        wrong = dense(torch.stack(tops, 1)) - y
        extra = 0.0
        for weights in (layer.weight for layer in every):
            size = weights.abs()
            step = torch.tanh((size - recipe.threshold) * recipe.steepness)
            extra = extra + (step * recipe.intensity + size * recipe.l1).mean()
        return (wrong * wrong).mean() + extra

    evaluate = torch.compile(loss) if compiled else loss

    def step() -> None:
        optimizer.zero_grad()
        evaluate().backward()
        optimizer.step()

    return step
