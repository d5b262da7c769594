"""How growing gets on, shown live on a terminal, else as a line now and then."""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bonsai_compiler.growth.log import Row
from bonsai_compiler.system.terminal import is_quiet, log

if TYPE_CHECKING:
    from bonsai_compiler.schedule.display import Watcher

PLAIN_SECONDS = 5.0
"""How often a line is printed where stderr is no terminal."""


@contextmanager
def watching(name: str) -> Iterator["Watcher"]:
    """Give a watcher that shows growth live on a terminal, else as a line now and then."""
    if is_quiet() or not sys.stderr.isatty():
        yield _plain(name)
        return
    # What draws takes a twentieth of a second to load.
    from bonsai_compiler.schedule.display import live

    with live(name) as watcher:
        yield watcher


def _plain(name: str) -> "Watcher":
    shown = time.monotonic() - PLAIN_SECONDS + 1.0

    def show(rows: Sequence[Row], pace: float, left: float) -> None:
        nonlocal shown
        if time.monotonic() - shown >= PLAIN_SECONDS:
            shown = time.monotonic()
            row = rows[-1]
            log(
                f"growing {name}: {row.doing}, "
                f"step {row.step}, loss {row.loss:.4f}, {row.solved} solved, {row.reached}"
            )

    return show
