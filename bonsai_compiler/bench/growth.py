"""Training steps (forward, backward, update) of each engine and of PyTorch, side by side.

All train the same networks on sequences of 20 ticks: the kernels and tinygrad a population, each
replica on 64 sequences, PyTorch one network on as many sequences as all replicas together. Each
worker is a process of its own; they are measured in turn, several times over, so that a busy
moment of the machine strikes no worker alone.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from importlib.util import find_spec
from threading import Timer
from typing import IO

import click

from bonsai_compiler.bench.machines import shift_register
from bonsai_compiler.bench.worker import BATCH, NETWORKS, TICKS
from bonsai_compiler.system.terminal import log

LATE = "left out: not ready in time (--minutes)"


@dataclass(slots=True)
class Worker:
    """A process that steps when asked, and what it said: milliseconds a step, or GFLOP/s."""

    name: str
    kind: str
    device: str
    network: str
    replicas: int
    process: subprocess.Popen[str] | None = None
    start: float = 0.0
    fault: str = ""
    said: list[float] = field(default_factory=list)
    errors: IO[str] = field(default_factory=partial(tempfile.TemporaryFile, "w+"))

    def begin(self, limit: float) -> None:
        """Start the process and wait until it is ready, `limit` seconds at most."""
        command = [sys.executable, "-m", "bonsai_compiler.bench.worker"]
        command += [self.kind, self.device, self.network, str(self.replicas)]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=self.errors, text=True
        )
        begun, watch = time.perf_counter(), Timer(limit, self.process.kill)
        watch.start()
        ready = self.answer()
        watch.cancel()
        if ready:
            self.start = ready[0]
        elif time.perf_counter() - begun >= limit:
            self.fault = LATE

    def measure(self, seconds: float) -> None:
        """Have it step for some seconds."""
        if self.process is None or self.fault:
            return
        assert self.process.stdin is not None
        # One that has died is found out by its silence.
        with suppress(BrokenPipeError):
            print(seconds, file=self.process.stdin, flush=True)
        self.said += self.answer()

    def answer(self) -> list[float]:
        assert self.process is not None
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            self.said.clear()
            ended = f"the process ended with {self.process.wait()}"
            self.errors.seek(0)
            lines = [ended, *self.errors.read().split("\n")]
            self.fault = f"failed: {[line for line in lines if line.strip()][-1]}"
        return [float(word) for word in line.split()]

    def end(self) -> None:
        """Let the process go."""
        if self.process is not None:
            self.process.communicate()
        self.errors.close()


REPLICAS = (64, 8, 1)


@click.command()
@click.option("--device", help="OpenCL device of the kernels, such as CL or CL:1.")
@click.option(
    "--seconds", type=float, default=0.7, show_default=True, help="How long each is measured."
)
@click.option(
    "--rounds", type=click.IntRange(1), default=4, show_default=True, help="How many times over."
)
@click.option(
    "--minutes", type=float, default=7.0, show_default=True, help="How long all may take."
)
def command(device: str | None, seconds: float, rounds: int, minutes: float) -> None:
    """Print a table of medians, and how many times faster the kernels are than each."""
    began = time.perf_counter()
    from bonsai_compiler.devices.choice import choose_engine

    choice = choose_engine("kernel", device)
    print(f"OpenCL {choice.description}; {BATCH} sequences of {TICKS} ticks a replica")
    peak = Worker("peak", "peak", choice.device, "small", 1)
    rows = workers(choice.device)
    everyone = [peak, *rows]
    each = rounds * seconds
    try:
        for index, one in enumerate(everyone):
            one.fault = missing(one)
            # Those that are ready want their turns too.
            turns = 1.5 * each * sum(other.start > 0 for other in everyone[: index + 1])
            limit = 60 * minutes - turns - (time.perf_counter() - began)
            if not one.fault and limit < 2:
                one.fault = LATE
            if not one.fault:
                log(f"{one.name}, {one.network}, {one.replicas} replicas")
                one.begin(limit)
        for _ in range(rounds):
            for one in everyone:
                one.measure(seconds)
    finally:
        for one in everyone:
            one.end()
    print_table(rows)
    print_peak(rows, peak)


def workers(device: str) -> list[Worker]:
    """Return the workers, those first that are soon ready."""
    from bonsai_compiler.devices.choice import device_names

    places = [*(name for name in device_names() if name[:2] != "CL" and name != "CPU"), device]
    kinds = [("kernels", "kernels", device), ("PyTorch eager", "eager", "cpu")]
    kinds += [("tinygrad tensors on CPU", "tensors", "CPU")]
    kinds += [("PyTorch compiled", "compiled", "cpu")]
    kinds += [(f"tinygrad tensors on {place}", "tensors", place) for place in places]
    rows = [
        Worker(name, kind, place, network, replicas)
        for replicas in REPLICAS
        for network in NETWORKS
        for name, kind, place in kinds
    ]
    rows.append(Worker("kernels, drawing sequences", "sequences", device, "small", REPLICAS[0]))
    return sorted(rows, key=lambda row: row.kind in ("tensors", "compiled"))


def missing(one: Worker) -> str:
    """Return what the worker lacks on this machine, if anything."""
    if one.kind == "tensors" and one.device == "CPU" and not shutil.which("clang"):
        return "left out: tinygrad's CPU device needs clang"
    if one.kind in ("eager", "compiled") and find_spec("torch") is None:
        return "left out: torch is not installed"
    return ""


HEAD = (
    "| network | replicas | engine | ms a step (quartiles) | steps a second "
    "| million ticks a second, a replica | kernels are faster by | s to first step |"
)


def print_table(rows: Sequence[Worker]) -> None:
    """Print the rows that were measured, network by network, and why the others were not."""
    print(f"\n{HEAD}\n{'|---' * HEAD.count(' | ')}|---|")
    left: dict[str, dict[str, list[str]]] = {}
    for network in NETWORKS:
        for replicas in sorted({row.replicas for row in rows}):
            some = [row for row in rows if (row.network, row.replicas) == (network, replicas)]
            base = next((median(row) for row in some if row.kind == "kernels" and row.said), None)
            for row in some:
                if not row.said:
                    places = left.setdefault(row.fault, {}).setdefault(row.name, [])
                    places.append(f"{network} {replicas}")
                    continue
                low, middle, high = statistics.quantiles(row.said, n=4)
                ticks = BATCH * TICKS / middle / 1000
                ratio = f"{middle / base:.3g}" if base else ""
                cells = f"{middle:.3g} ({low:.3g}-{high:.3g}) | {1000 / middle:.3g} | {ticks:.3g}"
                print(
                    f"| {network} | {replicas} | {row.name} | {cells} | {ratio} | {row.start:.0f} |"
                )
    for reason, names in left.items():
        print(f"\n{reason}:")
        for name, places in names.items():
            print(f"- {name}: {', '.join(places)}")


def print_peak(rows: Sequence[Worker], peak: Worker) -> None:
    """Print what share of the measured peak the kernels reach, and what many replicas cost."""
    if not peak.said:
        print(f"\nthe peak was not measured; {peak.fault}")
        return
    from bonsai_compiler.bench.peak import operations
    from bonsai_compiler.training.recipe import Recipe

    most = median(peak)
    print(f"\nMultiply-adds alone reach {most:.0f} GFLOP/s here; the kernels:\n")
    print("| network | operations a tick | GFLOP/s (share of the peak) | 64 replicas against 8 |")
    print("|---|---|---|---|")
    for network, cells in NETWORKS.items():
        count = operations(Recipe(cells=cells).shape(shift_register(1, 2)))
        found = {
            row.replicas: median(row)
            for row in rows
            if row.kind == "kernels" and row.network == network and row.said
        }
        if not {8, 64} <= found.keys():
            continue
        rate = count * 64 * BATCH * TICKS / found[64] / 1e6
        each = found[64] / 64 / (found[8] / 8)
        print(f"| {network} | {count} | {rate:.0f} ({rate / most:.0%}) | {each:.2f} |")


def median(row: Worker) -> float:
    """Return the median of what a worker said."""
    return statistics.median(row.said)
