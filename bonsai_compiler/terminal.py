"""What the user sees while waiting: talk goes to stderr, results to stdout."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

if TYPE_CHECKING:
    from bonsai_compiler.growth import Progress as Growth

PLAIN_SECONDS = 5.0
"""How often a line is printed where stderr is no terminal."""


class Watcher(Protocol):
    """Is told how growing gets on."""

    def __call__(self, growth: "Growth") -> None: ...


def talk(text: str) -> None:
    """Print one line for the user, apart from results."""
    print(text, file=sys.stderr, flush=True)


@contextmanager
def watching(name: str) -> Iterator[Watcher]:
    """Give a watcher that shows growth as a live bar on a terminal, else as a line now and then."""
    if not sys.stderr.isatty():
        yield _plain(name)
        return
    columns = (
        TextColumn("growing {task.description}"),
        BarColumn(),
        TextColumn("step {task.completed}/{task.total}  {task.fields[news]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        job = bar.add_task(name, total=None, news="starting")

        def show(growth: "Growth") -> None:
            bar.update(job, completed=growth.step, total=growth.steps, news=_news(growth))

        yield show


def _plain(name: str) -> Watcher:
    shown = time.monotonic() - PLAIN_SECONDS + 1.0

    def show(growth: "Growth") -> None:
        nonlocal shown
        if time.monotonic() - shown >= PLAIN_SECONDS:
            shown = time.monotonic()
            talk(f"growing {name}: step {growth.step} of {growth.steps}, {_news(growth)}")

    return show


def _news(growth: "Growth") -> str:
    return f"loss {growth.best_loss:.4f}, {growth.solved} of {growth.replicas} solved"
