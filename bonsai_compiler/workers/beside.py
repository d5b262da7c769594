"""A worker in a process beside this one.

It is for what takes long and is not needed at once, such as drawings. Where its process ends, or
there is no core for it, this process does all itself.
"""

import atexit
import os
import pickle
import sys
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import Any

from bonsai_compiler.system.child_process import ChildProcess, ended, killed, started
from bonsai_compiler.workers.here import HERE, Threads, cores
from bonsai_compiler.workers.interface import Value, Workers

_workers: dict[str, "_Beside"] = {}
"""Those that there are, by what their processes run."""


def beside(module: str) -> Workers:
    """Return a worker in a process that runs `serve` of a module, as long as this one does."""
    if cores() < 2:
        return HERE
    worker = _workers.get(module)
    if worker is None or not worker.there:
        try:
            process = started(module)
        except OSError:  # there is no room for one more process
            return HERE
        worker = _workers[module] = _Beside(process)
        atexit.register(worker.close)
    return worker


class _Beside(Threads):
    """One call at a time, in the order in which they are made, by a process that is asked."""

    def __init__(self, process: ChildProcess) -> None:
        super().__init__(1)
        self._process: ChildProcess | None = process
        self._owner = os.getpid()

    @property
    def there(self) -> bool:
        """Whether the process has not ended, and is this one's own: a fork has none."""
        return self._process is not None and self._owner == os.getpid()

    def submit(self, function: Callable[..., Value], *arguments: Any) -> "Future[Value]":
        return super().submit(self._asked, function, arguments)

    def close(self) -> None:
        """End the process; calls that it has not answered are given up."""
        process, self._process = self._process, None
        if process is None or self._owner != os.getpid():
            return
        killed(process)
        self.pool.shutdown(cancel_futures=True)
        ended(process, self._owner)

    def _asked(self, function: Callable[..., Value], arguments: tuple[Any, ...]) -> Value:
        process, question = self._process, pickle.dumps((function, arguments))
        if process is not None and process.stdin and process.stdout:
            try:
                process.stdin.write(question)
                process.stdin.flush()
                return pickle.load(process.stdout)  # type: ignore[no-any-return]
            except (OSError, EOFError, pickle.UnpicklingError):
                if self._process is None:
                    raise
                self._process = None
                ended(process, self._owner)
        return function(*arguments)


def answer_calls() -> None:
    """Answer calls on standard input, until there are no more or one fails."""
    answers, sys.stdout = sys.stdout.buffer, sys.stderr
    with suppress(BaseException):
        while True:
            function, arguments = pickle.load(sys.stdin.buffer)
            answers.write(pickle.dumps(function(*arguments)))
            answers.flush()
    # What failed here is done again where it was asked for, and told there.
    os._exit(0)
