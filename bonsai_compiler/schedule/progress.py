"""How growing gets on, shown live on a terminal, else as a line now and then."""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from bonsai_compiler.errors import printable
from bonsai_compiler.growth.log import Row
from bonsai_compiler.system.terminal import BARS, is_quiet, log

PLAIN_SECONDS = 5.0
"""How often a line is printed where stderr is no terminal."""

SPARKS = 48
"""How many values a sparkline shows."""


class Watcher(Protocol):
    """Is told how growing gets on: the rows so far, steps a second, and the seconds left."""

    def __call__(self, rows: Sequence[Row], pace: float, left: float) -> None: ...


@contextmanager
def watching(name: str) -> Iterator[Watcher]:
    """Give a watcher that shows growth live on a terminal, else as a line now and then."""
    if is_quiet() or not sys.stderr.isatty():
        yield _plain(name)
        return
    with Live(console=Console(stderr=True), transient=True, refresh_per_second=8) as live:

        def show(rows: Sequence[Row], pace: float, left: float) -> None:
            live.update(panel(name, rows, pace, left))

        yield show


def panel(name: str, rows: Sequence[Row], pace: float, left: float) -> Table:
    """Return the live display."""
    row = rows[-1]
    table = Table.grid(padding=(0, 2))
    # A bare str could hold what rich takes for markup.
    table.add_row(Text(f"growing {printable(name)}"), WORDS[row.phase])
    table.add_row("step", f"{row.step}, {pace:.0f} a second, at most {max(0.0, left):.0f} s left")
    table.add_row("solved", f"{row.solved} replicas, {_size(row)}")
    table.add_row("loss", f"{sparkline([item.loss for item in rows])} {row.loss:.4f}")
    regularisation = sparkline([item.regularisation for item in rows])
    table.add_row("regularisation", f"{regularisation} {row.regularisation:.4f}")
    return table


def sparkline(values: Sequence[float]) -> str:
    """Return the last values as bars, the highest for the greatest of them."""
    shown = [value for value in values if value < float("inf")][-SPARKS:]
    most = max(shown, default=0.0)
    if most <= 0.0:
        return BARS[0] * len(shown)
    return "".join(BARS[min(len(BARS) - 1, int(value / most * len(BARS)))] for value in shown)


WORDS = {"sow": "sowing", "train": "training", "prune": "pruning", "done": "grown"}


def _plain(name: str) -> Watcher:
    shown = time.monotonic() - PLAIN_SECONDS + 1.0

    def show(rows: Sequence[Row], pace: float, left: float) -> None:
        nonlocal shown
        if time.monotonic() - shown >= PLAIN_SECONDS:
            shown = time.monotonic()
            row = rows[-1]
            log(
                f"growing {name}: {WORDS[row.phase]}, "
                f"step {row.step}, loss {row.loss:.4f}, {row.solved} solved, {_size(row)}"
            )

    return show


def _size(row: Row) -> str:
    return f"{row.mistakes:.1%} wrong" if row.weights is None else f"{row.weights} weights"
