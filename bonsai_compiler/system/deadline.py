"""When work has to end: a moment that is handed down, or a signal from outside."""

from __future__ import annotations

import math
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import FrameType
from typing import NoReturn


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment on a clock; searches that are given one end soon after it with the best so far."""

    at: float = math.inf
    clock: Callable[[], float] = time.monotonic

    @property
    def passed(self) -> bool:
        """Whether the moment is over."""
        return self.clock() >= self.at

    def within(self, share: float) -> Deadline:
        """Return the moment at which this share of the time from now on is over."""
        now = self.clock()
        return replace(self, at=now + share * max(0.0, self.at - now))

    def extended(self, seconds: float) -> Deadline:
        """Return the moment, or a later one that is so many seconds away."""
        return replace(self, at=max(self.at, self.clock() + seconds))


NEVER = Deadline()
"""As long as it takes."""


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
