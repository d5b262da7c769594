"""Options that say of a network what its file does not."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

OPTIONS = (
    click.option(
        "--input-values",
        "inputs",
        type=click.Choice(["0,1", "-1,1", "one-hot"]),
        help="What the network is fed: 0 and 1 (by default where it is no JSON file), -1 and 1, "
        "or 1 at the input of the letter that comes.",
    ),
    click.option(
        "--output",
        type=click.Choice(["positive", "argmax"]),
        default="positive",
        show_default=True,
        help="An output is true above 0, or the greatest of one output for each letter is said.",
    ),
    click.option(
        "--activation",
        type=click.Choice(["tanh", "relu"]),
        help="How a plain RNN of PyTorch bends its sums; its file does not say.",
    ),
    click.option(
        "--between",
        type=click.Choice(["linear", "relu", "sigmoid", "tanh"]),
        help="What stands between Linear layers of PyTorch; its file does not say.",
    ),
    click.option(
        "--h0", "initial", type=Path, help="The first states: .npy, .npz or .safetensors."
    ),
)


def network_options(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command that takes these options, and hands them on as its `conventions`."""

    @wraps(command)
    def called(
        *given: Any,
        inputs: Any,
        output: Any,
        activation: Any,
        between: Any,
        initial: Path | None,
        **more: Any,
    ) -> None:
        from bonsai_compiler.networks.conventions import Conventions
        from bonsai_compiler.networks.foreign import read_initial

        first = None if initial is None else read_initial(initial)
        conventions = Conventions(inputs, output, activation, between, first)
        command(*given, conventions=conventions, **more)

    for option in reversed(OPTIONS):
        called = option(called)
    return called
