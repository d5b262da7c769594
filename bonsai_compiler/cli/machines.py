"""The options that say how a file of a machine, or a log of traces, is to be read."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

FORMAT = click.option(
    "--format",
    "form",
    type=click.Choice(["kiss2", "dot", "att", "jff", "json", "table"]),
    help="The format of a file of a machine, where its ending does not tell it.",
)
MISSING = click.option(
    "--missing",
    type=click.Choice(["illegal", "reject", "stay"]),
    help="What a step means that such a file lacks: the input may not come, all that follows is "
    "rejected, or nothing changes. By default acceptors reject, and else it may not come.",
)


OUTPUTS = click.option(
    "--outputs",
    metavar="NAMES",
    help="The columns of a log of traces that are outputs, with commas between; by default the "
    "last.",
)
NOISE = click.option(
    "--noise",
    type=click.FloatRange(0, 0.3),
    default=0.0,
    help="The share of outputs in a log of traces that may be wrong, such as 0.02.",
)


def machine_options(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command that takes these options, and hands them on as its `reading`."""

    @wraps(command)
    def called(
        *given: Any, form: Any, missing: Any, outputs: str | None, noise: float, **more: Any
    ) -> None:
        from bonsai_compiler.specification.machine_file import MachineReading

        names = None if outputs is None else tuple(outputs.split(","))
        command(*given, reading=MachineReading(form, missing, names, noise), **more)

    return FORMAT(MISSING(OUTPUTS(NOISE(called))))
