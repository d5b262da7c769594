"""How commands end: where results go, and exit codes."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bonsai_compiler.build import Result

OUT = click.option(
    "-o", "--out", default="build", show_default=True, help="Folder for the folder of results."
)


def write_result(out: str, text: str) -> None:
    """Write text to a file, or to stdout for `-`."""
    from bonsai_compiler.folder import write_file

    if out == "-":
        click.echo(text, nl=False)
    else:
        write_file(Path(out), text)


def conclude(result: "Result") -> None:
    """Print a result, and exit with 1 if it was refuted."""
    click.echo(result.program)
    click.echo(result.summary)
    sys.exit(1 if result.refuted else 0)
