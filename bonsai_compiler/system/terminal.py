"""What the user sees: the log goes to stderr, results to stdout.

The streams are there, in UTF-8 wherever bonsaic runs, and no cause of a stack trace.
"""

import io
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any, TextIO

from bonsai_compiler.errors import BonsaiError, BonsaiWarning, printable

STREAMS = 3


def prepare_streams() -> None:
    """Have stdin and stdout carry UTF-8, whatever the locale; what is closed leads nowhere.

    Raises BonsaiError where stdout is closed, before any work is done for nobody.
    """
    deaf = sys.stdout is None
    for number in range(STREAMS):
        _occupy(number)
    # Of a stream that was closed when it started, Python makes None.
    sys.stdin = sys.stdin or open(os.devnull, encoding="utf-8")  # noqa: SIM115
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    sys.stdout = _buffered(sys.stdout)
    _recode(sys.stdin, "strict")
    _recode(sys.stdout, "backslashreplace")
    if deaf:
        raise BonsaiError("standard output is closed; send it to a file, or to /dev/null")


def say(line: str) -> None:
    """Print one line for the user on stderr, safe for a terminal; where it is full, go on."""
    try:
        print(printable(line), file=sys.stderr, flush=True)
    except BrokenPipeError:
        raise
    except OSError:
        abandon(sys.stderr)


def say_warnings() -> None:
    """From now on, say each warning of ours in one line, as errors are."""
    before = warnings.showwarning

    def show(message: Warning | str, *place: Any, **more: Any) -> None:
        if isinstance(message, BonsaiWarning):
            say(f"bonsaic: {message}")
        else:
            before(message, *place, **more)

    warnings.showwarning = show
    warnings.simplefilter("always", BonsaiWarning)


def abandon(stream: TextIO) -> None:
    """Let what a stream still holds lead nowhere: Python would try again at its end, and fail."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _occupy(number: int) -> None:
    """Have a closed stream's number lead nowhere: the next file to be opened would get it."""
    try:
        os.fstat(number)
    except OSError:
        nowhere = os.open(os.devnull, os.O_RDWR)
        if nowhere != number:
            os.dup2(nowhere, number)
            os.close(nowhere)
        os.set_inheritable(number, True)


def _buffered(stream: TextIO) -> TextIO:
    """Return a stream that writes all of a text, or fails.

    One that is unbuffered, by PYTHONUNBUFFERED, drops the rest when a reader goes away in the
    middle, without a word.
    """
    raw = getattr(stream, "buffer", None)
    if not isinstance(raw, io.RawIOBase):
        return stream
    return io.TextIOWrapper(io.BufferedWriter(raw), line_buffering=stream.isatty())


def _recode(stream: TextIO, errors: str) -> None:
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding="utf-8", errors=errors)


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
