"""How commands end: where results go, and exit codes."""

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bonsai_compiler.build import Result

OUT = click.option(
    "-o", "--out", default="build", show_default=True, help="Folder for the folder of results."
)

FORCE = click.option("--force", is_flag=True, help="Replace a better result of the same name too.")


def write_result(out: str, content: str | bytes) -> None:
    """Write content to a file, or to stdout for `-`; but no bytes to a terminal."""
    from bonsai_compiler.errors import BonsaiError
    from bonsai_compiler.folder import write_file

    if out != "-":
        write_file(Path(out), content)
    elif isinstance(content, bytes) and sys.stdout.isatty():
        raise BonsaiError("this is no text for a terminal; write it to a file with -o FILE")
    else:
        click.echo(content, nl=False)


def page_width() -> int:
    """Return the width of the terminal, in columns; 100 where there is none."""
    return shutil.get_terminal_size((100, 24)).columns


def show_in_colour(text: str) -> None:
    """Print text, in its colours on a terminal unless NO_COLOR forbids."""
    click.echo(text, nl=False, color=False if os.environ.get("NO_COLOR") else None)


def conclude(result: "Result") -> None:
    """Print a result, and exit with 1 if it was refuted."""
    click.echo(result.program)
    click.echo(result.summary)
    sys.exit(1 if result.refuted else 0)
