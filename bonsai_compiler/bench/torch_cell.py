"""The same cell in PyTorch, trained the same way: what the kernels are compared with."""

from collections.abc import Callable
from typing import Any

import torch

from bonsai_compiler.activation import ameo_pieces
from bonsai_compiler.growth.recipe import Recipe


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
    cell: tuple[int, int], batch: int, ticks: int, compiled: bool
) -> Callable[[], None]:
    """Return a function that takes one step: forward, backward and Adam's update."""
    outputs, states = cell
    torch.manual_seed(0)
    output, recurrent = (torch.nn.Linear(1 + states, width) for width in cell)
    initial = torch.nn.Parameter(torch.randn(states) * 0.5)
    dense = torch.nn.Linear(outputs, 1)
    parameters = [initial]
    for layer in (output, recurrent, dense):
        parameters += layer.parameters()
    optimizer = torch.optim.Adam(parameters, lr=0.01)
    x = torch.randint(0, 2, (batch, ticks, 1)) * 2.0 - 1.0
    y = torch.roll(x, 2, 1)
    recipe = Recipe()

    def loss() -> Any:
        state = initial.expand(batch, states)
        tops = []
        for tick in range(ticks):
            reads = torch.cat([x[:, tick], state], 1)
            tops.append(activate(output(reads)))
            state = activate(recurrent(reads))
        wrong = dense(torch.stack(tops, 1)) - y
        extra = 0.0
        for weights in (output.weight, recurrent.weight, dense.weight):
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
