"""Several processes that fuzz side by side, each with its own share of the cases."""

import multiprocessing
import resource
from collections import Counter
from collections.abc import Iterator
from multiprocessing.connection import Connection, wait
from typing import Any

from .campaign import Ended, Tally, campaign
from .command import MEMORY


def side_by_side(jobs: int, shared: dict[str, Any]) -> Iterator[Ended]:
    """Yield how each case of a campaign ended, from all jobs as they come."""
    if jobs == 1:
        yield from campaign(**shared)
        return
    # Spawned, not forked, so that no process holds another's end of a pipe open.
    context = multiprocessing.get_context("spawn")
    running = {}
    for number in range(jobs):
        reader, writer = context.Pipe(duplex=False)
        worker = context.Process(target=_work, args=(writer, shared, (number, jobs)))
        worker.start()
        writer.close()
        running[reader] = worker
    while running:
        for reader in wait(list(running)):
            assert isinstance(reader, Connection)
            try:
                yield reader.recv()
            except EOFError:
                worker = running.pop(reader)
                worker.join()
                if worker.exitcode:
                    yield _died("worker", worker.name, worker.exitcode)


def _work(writer: Connection, shared: dict[str, Any], job: tuple[int, int]) -> None:
    # A case that takes more fails by name, where the system would kill whatever is largest.
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    for ended in campaign(**shared, job=job):
        writer.send(ended)


def _died(kind: str, name: str, code: int) -> Ended:
    """Return what stands for a process of ours that did not come to its end."""
    fault = f"{name} ended with exit code {code}"
    return kind, name, fault, Tally(0.0, Counter(["open"]), {name: fault})
