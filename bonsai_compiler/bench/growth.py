"""The table regression in our kernel, in tinygrad's tensors and in PyTorch, side by side.

All take the same steps: the same networks, rows, masks, pull and Adam; an engine whose losses are
others after a few steps is not timed. Each worker is a process of its own; they are measured in
turn, several times over, so that a busy moment of the machine strikes no worker alone, and ratios
are of the medians of one round.
"""

from __future__ import annotations

import os
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
from itertools import chain
from threading import Timer
from typing import IO

import click
import numpy as np

from bonsai_compiler.bench.regression import NETWORKS, multiply_adds, regression
from bonsai_compiler.system.terminal import log

LATE = "left out: not ready in time (--minutes)"
OTHER = "refuted: its losses are others than the kernel's"
TOLERANCE = 1e-3

SHARE = 0.7
"""Of the time, what goes to steps; the rest is for whole processes."""
CLANG, TORCH = "left out: tinygrad's CPU needs clang", "left out: torch is not installed"

KINDS = {
    "kernel": "kernel",
    "eager": "PyTorch eager, batched",
    "eager-one": "PyTorch eager, one network",
    "recorded": "tinygrad on CPU, recorded",
    "compiled": "PyTorch compiled, batched",
    "compiled-one": "PyTorch compiled, one network",
    "tensor": "tensor engine",
}
"""What is measured, the kernel first, and then by how soon it is ready."""


@dataclass(slots=True)
class Worker:
    """A process that steps when asked, and what it said in each round."""

    kind: str
    device: str
    network: str
    replicas: int
    process: subprocess.Popen[str] | None = None
    start: float = 0.0
    losses: list[float] = field(default_factory=list)
    fault: str = ""
    said: list[list[float]] = field(default_factory=list)
    errors: IO[str] = field(default_factory=partial(tempfile.TemporaryFile, "w+"))

    def begin(self, limit: float) -> None:
        """Start the process and wait until it is ready, `limit` seconds at most."""
        words = ["steps", self.kind, self.device, self.network, str(self.replicas)]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            command_of(*words), stdin=pipe, stdout=pipe, stderr=self.errors, text=True
        )
        begun, watch = time.perf_counter(), Timer(limit, self.process.kill)
        watch.start()
        ready = self.answer()
        watch.cancel()
        if ready:
            self.start, *self.losses = ready
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
        if said := self.answer():
            self.said.append(said)

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

    def median(self) -> float:
        """Return the median of all that it said."""
        return statistics.median(chain(*self.said))

    def ratio(self, other: Worker) -> float:
        """Return how many times as much as another it said, at the median of the rounds."""
        pairs = zip(self.said, other.said, strict=True)
        return statistics.median(statistics.median(a) / statistics.median(b) for a, b in pairs)


def command_of(*words: str) -> list[str]:
    return [sys.executable, "-m", "bonsai_compiler.bench.worker", *words]


@click.command()
@click.option("--device", help="OpenCL device of the kernel, such as CL or CL:1.")
@click.option(
    "--replicas", type=click.IntRange(1), default=48, show_default=True, help="How many networks."
)
@click.option(
    "--seconds", type=float, default=0.5, show_default=True, help="How long each is measured."
)
@click.option(
    "--rounds", type=click.IntRange(1), default=5, show_default=True, help="How many times over."
)
@click.option(
    "--minutes", type=float, default=9.0, show_default=True, help="How long all may take."
)
def command(device: str | None, replicas: int, seconds: float, rounds: int, minutes: float) -> None:
    """Print medians, how many times faster the kernel is than each, and its share of the peak.

    A last table is of whole processes, from their start to the first exact network. Exit code: 1 if
    an engine's losses are others than the kernel's.
    """
    began = time.perf_counter()
    from bonsai_compiler.devices.choice import choose_engine

    choice = choose_engine("kernel", device)
    print(f"OpenCL {choice.description}; {replicas} networks")
    peak = Worker("peak", choice.device, "small", replicas)
    rows = [
        Worker(kind, "CPU" if kind == "recorded" else choice.device, network, replicas)
        for kind in KINDS
        for network in NETWORKS
    ]
    for reason in dict.fromkeys(missing(kind) for kind in KINDS):
        if reason:
            print(
                f"{reason}: {', '.join(KINDS[kind] for kind in KINDS if missing(kind) == reason)}"
            )
    rows = [row for row in rows if not missing(row.kind)]
    everyone = [peak, *rows]
    with tempfile.TemporaryDirectory() as folder:
        # What a worker that was late had half compiled is for no other to find.
        os.environ["TORCHINDUCTOR_CACHE_DIR"] = folder
        measure_all(everyone, rows, rounds, seconds, began + 60 * SHARE * minutes)
    print_table(rows)
    print_peak(rows, peak)
    print_first(choice.device, replicas, began + 60 * minutes)
    if any(row.fault == OTHER for row in rows):
        raise click.exceptions.Exit(1)


def measure_all(
    everyone: Sequence[Worker], rows: Sequence[Worker], rounds: int, seconds: float, until: float
) -> None:
    """Start all, compare their losses, and have them step in turn, done by about `until`."""
    try:
        for index, one in enumerate(everyone):
            # Those that are ready want their turns too.
            turns = 1.5 * rounds * seconds * sum(bool(other.start) for other in everyone[:index])
            limit = until - turns - time.perf_counter()
            if limit < 2:
                one.fault = LATE
                continue
            log(f"{one.kind}, {one.network}")
            one.begin(limit)
            compare(one, rows)
        for _ in range(rounds):
            for one in everyone:
                one.measure(seconds)
    finally:
        for one in everyone:
            one.end()


def missing(kind: str) -> str:
    """Return what this machine lacks for a kind, if anything."""
    if kind == "recorded" and not shutil.which("clang"):
        return CLANG
    return TORCH if kind.startswith(("eager", "compiled")) and find_spec("torch") is None else ""


def compare(one: Worker, rows: Sequence[Worker]) -> None:
    """Note it as a fault if a worker's losses are not those of the kernel on the same network."""
    kernel = next((row for row in rows if (row.kind, row.network) == ("kernel", one.network)), one)
    wanted = (kernel.losses or one.losses)[: len(one.losses)]
    if one.losses and not np.allclose(one.losses, wanted, rtol=TOLERANCE, atol=TOLERANCE):
        one.fault = OTHER


def print_table(rows: Sequence[Worker]) -> None:
    """Print the rows that were measured, network by network, and why the others were not."""
    print("\n| network | engine | ms a step (quartiles) | kernel is faster by | s to be ready |")
    print("|---|---|---|---|---|")
    for network in NETWORKS:
        some = [row for row in rows if row.network == network and row.said]
        kernel = next((row for row in some if row.kind == "kernel"), None)
        for row in some:
            low, middle, high = statistics.quantiles(chain(*row.said), n=4)
            ratio = f"{row.ratio(kernel):.3g}" if kernel else ""
            times = f"{middle:.3g} ({low:.3g}-{high:.3g})"
            print(f"| {network} | {KINDS[row.kind]} | {times} | {ratio} | {row.start:.0f} |")
    for row in rows:
        if row.fault:
            print(f"\n{KINDS[row.kind]}, {row.network}: {row.fault}")


def print_peak(rows: Sequence[Worker], peak: Worker) -> None:
    """Print what share of the measured peak the kernel reaches."""
    if not peak.said:
        print(f"\nthe peak was not measured; {peak.fault}")
        return
    print(f"\nMultiply-adds alone reach {peak.median():.0f} GFLOP/s here; the kernel:\n")
    print("| network | inputs, bits, hidden, outputs | rows | multiply-adds | GFLOP/s | share |")
    print("|---|---|---|---|---|---|")
    for row in rows:
        if row.kind == "kernel" and row.said:
            given = regression(row.network, 1)
            shape, batch = given.architecture, len(given.table)
            count = row.replicas * multiply_adds(shape, batch)
            share = 2 * count / 1e6 * peak_ratio(row, peak)
            sizes = f"{shape.inputs}, {shape.bits}, {shape.hidden}, {shape.outputs}"
            rate = 2 * count / row.median() / 1e6
            print(f"| {row.network} | {sizes} | {batch} | {count} | {rate:.0f} | {share:.0%} |")


def peak_ratio(row: Worker, peak: Worker) -> float:
    """Return 1 / (milliseconds a step x GFLOP/s of the peak), at the median of the rounds."""
    pairs = zip(row.said, peak.said, strict=True)
    return statistics.median(1 / statistics.median(a) / statistics.median(b) for a, b in pairs)


STAGES = ("imports and the table", "ready to step", "training")


def print_first(device: str, replicas: int, until: float) -> None:
    """Print how long whole processes take until a network is exact.

    A first run has caches of compiled kernels that are empty, and two more find them full.
    """
    print(f"\n| network | engine | caches | whole, s | {' | '.join(STAGES)} | steps |")
    print(f"|---|---|---|---|{'---|' * len(STAGES)}---|", flush=True)
    # What compiles for long comes last.
    for kinds in (("kernel", "eager"), ("compiled",)):
        for network in ("small", "middle"):
            there = [kind for kind in kinds if not missing(kind)]
            for kind, runs in whole_runs(there, network, device, replicas, until).items():
                for caches, some in (("empty", runs[:1]), ("full", runs[1:])):
                    print(first_row(network, kind, caches, [run for run in some if run]))


def whole_runs(
    kinds: Sequence[str], network: str, device: str, replicas: int, until: float
) -> dict[str, list[list[float]]]:
    """Return what three processes of each kind say, in turn; nothing where time is over."""
    said: dict[str, list[list[float]]] = {kind: [] for kind in kinds}
    with tempfile.TemporaryDirectory() as folder:
        places = dict.fromkeys(("XDG_CACHE_HOME", "POCL_CACHE_DIR"), folder)
        places |= {"TORCHINDUCTOR_CACHE_DIR": folder, "CACHEDB": f"{folder}/tinygrad.db"}
        for kind in [*kinds] * 3:
            words = ["first", str(time.time()), kind, device, network, str(replicas)]
            try:
                answer = subprocess.run(
                    command_of(*words),
                    env=os.environ | places,
                    capture_output=True,
                    text=True,
                    check=False,
                    timeout=max(1.0, until - time.perf_counter()),
                ).stdout
            except subprocess.TimeoutExpired:
                answer = ""
            said[kind].append([float(word) for word in answer.split()])
    return said


def first_row(network: str, kind: str, caches: str, runs: Sequence[Sequence[float]]) -> str:
    """Return the row of one kind: the medians of its runs."""
    head = f"| {network} | {KINDS[kind]} | {caches} |"
    if not runs:
        return f"{head} failed, or not done in time | | | | |"
    loaded, ready, done, steps, wrong = np.median(np.array(runs), axis=0)
    stages = f"{loaded:.2f} | {ready - loaded:.2f} | {done - ready:.2f}"
    return f"{head} {done:.2f} | {stages} | {steps:.0f}{' (none exact)' if wrong else ''} |"
