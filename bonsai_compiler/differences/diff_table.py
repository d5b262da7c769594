"""Differences for the eye: two columns side by side, a table of what each pass changed, colour."""

import io
import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

import click
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from bonsai_compiler.differences.diff import (
    REORDERED,
    Step,
    diff,
    first_heading,
    heading,
    reordered,
    tally,
)
from bonsai_compiler.ir.graph import Graph, size

COLOURS = {"-": "red", "+": "green"}
NARROWEST = 20
"""A narrower page would hold a letter or two in each column."""


def coloured(text: str) -> str:
    """Return the text of a diff with what was in red and what is in green."""
    return "".join(
        click.style(line, fg=COLOURS.get(line[0])) for line in text.splitlines(keepends=True)
    )


def beside(before: Graph, after: Graph, width: int) -> str:
    """Return the changes in two columns of a page of that width, long lines wrapped."""
    return _drawn([_columns(before, after)], width)


def walk_beside(steps: Sequence[Step], width: int) -> str:
    """Return each pass's heading, and below it what it changed in two columns."""
    page: list[RenderableType] = [Text(first_heading(steps[0]))]
    for before, step in pairwise(steps):
        page.append(Text(heading(before.graph, step)))
        if diff(before.graph, step.graph):
            page += [_columns(before.graph, step.graph), Text()]
    return _drawn(page, width).rstrip("\n") + "\n"


def stat(steps: Sequence[Step], width: int) -> str:
    """Return a table with one row a pass: sizes, counts of changed nodes, seconds."""
    table = Table(box=None, pad_edge=False)
    table.add_column("pass", overflow="fold")
    for title in ("before", "after", "added", "removed", "changed", "seconds"):
        table.add_column(title, justify="right", overflow="fold")
    for before, step in pairwise(steps):
        counts = tally(before.graph, step.graph)
        table.add_row(
            step.name,
            str(size(before.graph)),
            str(size(step.graph)),
            *map(str, (counts.added, counts.removed, counts.changed)),
            "-" if step.seconds is None else f"{step.seconds:.2f}",
        )
    return _drawn([table, Text("sizes: neurons / weights / states")], width)


def _columns(before: Graph, after: Graph) -> Table:
    table = Table.grid(padding=(0, 1), expand=True)
    for _ in range(2):
        table.add_column(width=1)
        table.add_column(ratio=1, overflow="fold")
    for change in diff(before, after):
        table.add_row(*_side("-", change.before), *_side("+", change.after))
    if reordered(before, after):
        table.add_row("", REORDERED)
    return table


def _side(mark: str, line: str | None) -> tuple[Text, Text]:
    if line is None:
        return Text(), Text()
    return Text(mark, COLOURS[mark]), Text(line, COLOURS[mark])


def _drawn(page: Iterable[RenderableType], width: int) -> str:
    # Always in colour: whoever prints it takes colour away where it is not wanted.
    console = Console(
        file=io.StringIO(),
        force_terminal=True,
        color_system="standard",
        no_color=False,
        highlight=False,
        width=max(width, NARROWEST),
        height=25,
    )
    with console.capture() as drawn:
        for part in page:
            console.print(part)
    return re.sub(r" *(\x1b\[0m)? *$", r"\1", drawn.get(), flags=re.MULTILINE)
