"""The one worker that is always there: this process."""

import os
from collections.abc import Callable, Collection
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any

from bonsai_compiler.workers.interface import Value


def cores() -> int:
    """Return how many cores this process may use."""
    asked = getattr(os, "sched_getaffinity", None)
    return len(asked(0)) if asked else os.cpu_count() or 1


class Here:
    """One call at a time, made at once."""

    seconds = 0.0
    count = width = 1

    def submit(self, function: Callable[..., Value], *arguments: Any) -> "Future[Value]":
        future: Future[Value] = Future()
        future.set_result(function(*arguments))
        return future

    def done(self, futures: "Collection[Future[Value]]") -> "list[Future[Value]]":
        return list(futures)

    def everywhere(self, function: Callable[..., Value], *arguments: Any) -> list[Value]:
        return [function(*arguments)]


HERE = Here()


class Threads(Here):
    """Several calls at a time, each in a thread of this process."""

    def __init__(self, count: int) -> None:
        self.count = self.width = count
        self.pool = ThreadPoolExecutor(count)

    def submit(self, function: Callable[..., Value], *arguments: Any) -> "Future[Value]":
        return self.pool.submit(function, *arguments)

    def done(self, futures: "Collection[Future[Value]]") -> "list[Future[Value]]":
        return list(wait(futures, return_when=FIRST_COMPLETED).done)
