"""The options that say how a file of a machine is to be read."""

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


def machine_options(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command that takes these options, and hands them on as its `reading`."""

    @wraps(command)
    def called(*given: Any, form: Any, missing: Any, **more: Any) -> None:
        from bonsai_compiler.specification.machine_file import MachineReading

        command(*given, reading=MachineReading(form, missing), **more)

    return FORMAT(MISSING(called))
