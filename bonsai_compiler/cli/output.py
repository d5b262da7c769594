"""How commands end: where results go, and exit codes."""

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

if TYPE_CHECKING:
    from bonsai_compiler.driver.build import Result

OUT = click.option(
    "-o", "--out", default="build", show_default=True, help="Folder for the folder of results."
)

CERTIFICATE = click.option(
    "--certificate",
    is_flag=True,
    help="Write <name>.proof.smt2 too, where the program is proved, and <name>.regions.json where "
    "the network is, by regions.",
)

STYLE = click.option(
    "--style",
    type=click.Choice(["readable", "network"]),
    default="readable",
    show_default=True,
    help="The program as short as it comes, or with a line for each neuron, as the network has it.",
)

FORCE = click.option("--force", is_flag=True, help="Replace a better result of the same name too.")


def write_result(out: str, content: str | bytes) -> None:
    """Write content to a file, or to stdout for `-`; but no bytes to a terminal."""
    from bonsai_compiler.errors import BonsaiError
    from bonsai_compiler.system.writing import write_file

    if out != "-":
        write_file(Path(out), content)
    elif isinstance(content, bytes) and sys.stdout.isatty():
        raise BonsaiError("this is no text for a terminal; write it to a file with -o FILE")
    else:
        click.echo(content, nl=False)


def expect_result(out: str) -> None:
    """Raise BonsaiError if no result could be written to a file: before the work, not after."""
    from bonsai_compiler.system.writing import expect_file_writable

    if out != "-":
        expect_file_writable(Path(out))


def page_width() -> int:
    """Return the width of the terminal, in columns; 100 where there is none."""
    return shutil.get_terminal_size((100, 24)).columns


def show_in_colour(text: str) -> None:
    """Print text, in its colours on a terminal unless NO_COLOR forbids."""
    click.echo(text, nl=False, color=False if os.environ.get("NO_COLOR") else None)


def answer(line: str) -> None:
    """Print one line of a result, safe for a terminal."""
    from bonsai_compiler.errors import printable

    click.echo(printable(line))


def end(agreed: bool) -> NoReturn:
    """End a command that checked something: exit code 1 says no, and nothing else does."""
    raise click.exceptions.Exit(0 if agreed else 1)


def conclude(result: "Result", *, certificate: bool = False, task: Path | None = None) -> NoReturn:
    """Print a result, and end with exit code 1 if it was refuted.

    Where growing did not get there, its advice stands for the program, which nobody could read.
    With `certificate` a proof against the task, or else the network as it came, is written too.
    """
    if certificate:
        _certify(result, task)
    if not result.advice:
        click.echo(result.program)
        for line in result.words:
            answer(line)
        click.echo()
    for line in (result.summary, *result.advice):
        answer(line)
    end(not result.refuted)


def _certify(result: "Result", task: Path | None) -> None:
    """Write the certificate of a result beside it, or say why there is none."""
    from bonsai_compiler.driver.emission import certify
    from bonsai_compiler.system.terminal import log

    assert result.folder is not None
    by_regions = result.network is not None and result.network.by == "regions"
    if result.verdict.kind != "proved" and not by_regions:
        log(f"bonsaic: there is no certificate: the program is {result.verdict.kind}, not proved")
        return
    against = task or min((result.folder / "steps").glob("*.bonsai"))
    for path in certify(result.folder, str(against)):
        log(f"bonsaic: the certificate is {path}")
