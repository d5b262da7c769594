"""Being stopped from outside: by a signal, as by Ctrl-C, with time to save what was done."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

SIGNALS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


class StoppedError(BaseException):
    """A signal asked the process to end; what catches any Exception lets it through."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


@contextmanager
def heeding_signals() -> Iterator[None]:
    """Raise StoppedError, within, where a signal asks the process to end.

    A signal that was ignored before, as `nohup` does, is still ignored.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in SIGNALS}
    for number, handler in before.items():
        if handler is signal.SIG_DFL:
            signal.signal(number, _stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop(number: int, _frame: FrameType | None) -> NoReturn:
    # Whoever asks twice gets no second exception in the middle of saving.
    for other in SIGNALS:
        signal.signal(other, signal.SIG_IGN)
    raise StoppedError(number)
