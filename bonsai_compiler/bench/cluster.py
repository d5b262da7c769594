"""What travels between a run and its workers, and how much sooner two are done than one."""

from __future__ import annotations

import os
import pickle
import statistics
import time
from collections.abc import Callable, Collection
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.growth.codes import members
from bonsai_compiler.growth.grow import grow
from bonsai_compiler.growth.recipe import Recipe
from bonsai_compiler.growth.table import table_of
from bonsai_compiler.networks.network_file import dump_network
from bonsai_compiler.schedule.populations import values_of
from bonsai_compiler.schedule.settings import source_of
from bonsai_compiler.specification.machine import Machine, minimized
from bonsai_compiler.specification.task_file import load_task
from bonsai_compiler.workers.cluster import workers_at
from bonsai_compiler.workers.interface import Value, Workers

HEADINGS = (
    *("task", "rows", "calls", "kB there, median (most)", "kB back, median (most)"),
    *("seconds a call", "one worker, s", "two workers, s", "times as fast"),
)


class Counted:
    """Workers whose calls are counted, in bytes there and back."""

    def __init__(self, workers: Workers) -> None:
        self.workers = workers
        self.seconds, self.count, self.width = workers.seconds, workers.count, workers.width
        self.there: list[int] = []
        self.back: list[int] = []

    def submit(self, function: Callable[..., Value], *arguments: Any) -> Future[Value]:
        self.there.append(len(pickle.dumps((function, *arguments))))
        return self.workers.submit(function, *arguments)

    def done(self, futures: Collection[Future[Value]]) -> list[Future[Value]]:
        found = self.workers.done(futures)
        self.back += [len(pickle.dumps(future.result())) for future in found]
        return found

    def everywhere(self, function: Callable[..., Value], *arguments: Any) -> list[Value]:
        return self.workers.everywhere(function, *arguments)


@click.command()
@click.argument("tasks", nargs=-1, required=True, type=Path)
@click.option("--populations", type=click.IntRange(1), default=8, show_default=True)
@click.option("--repeats", type=click.IntRange(1), default=3, show_default=True)
def command(tasks: tuple[Path, ...], populations: int, repeats: int) -> None:
    """Grow each task on one worker process and on two, in turn, and print a Markdown table.

    Each worker has one core. Another result on two workers is an error.
    """
    os.environ |= {"POCL_MAX_PTHREAD_COUNT": "1", "POCL_CPU_MAX_CU_COUNT": "1"}
    print(f"| {' | '.join(HEADINGS)} |\n{'|---' * len(HEADINGS)}|", flush=True)
    recipe = replace(Recipe(), populations=populations)
    with workers_at("local:1") as one, workers_at("local:2") as two:
        for path in tasks:
            task = load_task(path)
            source = source_of(task)
            if not isinstance(source, Machine):
                raise BonsaiError(f"{path}: has no table to grow from")
            machine = minimized(source)
            table, ranks = table_of(machine), members(values_of(task, machine))
            seconds: dict[int, list[float]] = {1: [], 2: []}
            found = set()
            # The first of each only gets ready: kernels are compiled once in each process.
            for _ in range(1 + repeats):
                for number, workers in ((1, one), (2, two)):
                    counted, began = Counted(workers), time.perf_counter()
                    population = grow(table, ranks, recipe, 0, workers=counted)
                    seconds[number].append(time.perf_counter() - began)
                    found.add("".join(map(dump_network, population.networks)))
            if len(found) > 1:
                raise BonsaiError(f"{path}: grown again, it came to another result")
            alone, both = (statistics.median(times[1:]) for times in seconds.values())
            cells = (
                *(task.name, len(table), len(counted.there)),
                *(kilobytes(counted.there), kilobytes(counted.back)),
                f"{alone / len(counted.there):.2f}",
                *(f"{alone:.1f}", f"{both:.1f}", f"{alone / both:.2f}"),
            )
            print(f"| {' | '.join(map(str, cells))} |", flush=True)


def kilobytes(sizes: list[int]) -> str:
    return f"{statistics.median(sizes) / 1000:.1f} ({max(sizes) / 1000:.1f})"
