"""Training steps (forward, backward, update) of each engine and of PyTorch, side by side.

All train the same networks on sequences of 20 ticks: the kernels and tinygrad a population, each
replica on 64 sequences, PyTorch one network on as many sequences as all replicas together. Each
worker is a process of its own; they are measured in turn, several times over, so that a busy
moment of the machine strikes no worker alone.
"""

from __future__ import annotations

import shutil
import time
from importlib.util import find_spec

import click

from bonsai_compiler.bench.contest import LATE, Worker
from bonsai_compiler.bench.growth_table import print_peak, print_table
from bonsai_compiler.bench.worker import BATCH, NETWORKS, TICKS
from bonsai_compiler.system.terminal import log

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
    from bonsai_compiler.training.choice import choose_engine

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
    from bonsai_compiler.training.choice import device_names

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
