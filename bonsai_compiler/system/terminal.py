"""What the user sees while waiting: the log goes to stderr, results to stdout."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from bonsai_compiler.system.streams import say

BARS = "▁▂▃▄▅▆▇█"


_quiet: ContextVar[bool] = ContextVar("quiet", default=False)


@contextmanager
def quietly(quiet: bool = True) -> Iterator[None]:
    """Say nothing within, unless told otherwise: a program that calls has nobody to read it."""
    before = _quiet.set(quiet)
    try:
        yield
    finally:
        _quiet.reset(before)


def log(text: str) -> None:
    """Print one line for the user, apart from results; nothing within `quietly`."""
    if not _quiet.get():
        say(text)


def is_quiet() -> bool:
    """Return whether nothing is to be said now."""
    return _quiet.get()
