"""How growing gets on, drawn live on a terminal."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from bonsai_compiler.errors import printable
from bonsai_compiler.growth.log import Row
from bonsai_compiler.system.terminal import BARS

SPARKS = 48
"""How many values a sparkline shows."""


class Watcher(Protocol):
    """Is told how growing gets on: the rows so far, steps a second, and the seconds left."""

    def __call__(self, rows: Sequence[Row], pace: float, left: float) -> None: ...


@contextmanager
def live(name: str) -> Iterator[Watcher]:
    """Give a watcher that draws on stderr."""
    with Live(console=Console(stderr=True), transient=True, refresh_per_second=8) as drawn:

        def show(rows: Sequence[Row], pace: float, left: float) -> None:
            drawn.update(panel(name, rows, pace, left))

        yield show


def panel(name: str, rows: Sequence[Row], pace: float, left: float) -> Table:
    """Return the live display."""
    row = rows[-1]
    table = Table.grid(padding=(0, 2))
    # A bare str could hold what rich takes for markup.
    table.add_row(Text(f"growing {printable(name)}"), row.doing)
    table.add_row("step", f"{row.step}, {pace:.0f} a second, at most {max(0.0, left):.0f} s left")
    table.add_row("solved", f"{row.solved} replicas, {row.reached}")
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
