"""How long compiling takes as networks grow: noisy shift registers, from weights to a verdict."""

import statistics
import time

import click
import numpy as np

from bonsai_compiler.bench.machines import shift_register
from bonsai_compiler.equivalence.system import GraphSystem, MachineSystem
from bonsai_compiler.ir.activation import Activation
from bonsai_compiler.ir.graph import Size, size
from bonsai_compiler.networks.lift import lift
from bonsai_compiler.networks.network import Cell, Dense, Floats, Network
from bonsai_compiler.oracle.oracle import SpecificationOracle
from bonsai_compiler.passes.manager import Manager
from bonsai_compiler.passes.pipeline import compile_graph

NOISE = 0.1
"""The size of the random weights that stand everywhere: states wander and never repeat."""

RUNGS = (
    *((1, states, 0) for states in (1, 2, 4, 6, 8)),
    *((inputs, 2, 0) for inputs in (2, 4, 6)),
    *((1, 2, extra) for extra in (8, 32, 128)),
)
"""Inputs, states, and neurons that compute nothing of use: one of them grows at a time."""


@click.command()
@click.option(
    "--repeats",
    type=click.IntRange(1),
    default=3,
    show_default=True,
    help="How often each is compiled.",
)
def command(repeats: int) -> None:
    """Compile networks of growing size, and print a Markdown table."""
    print("| inputs | neurons / weights / states | smallest | seconds, median (worst) |")
    print("|---|---|---|---|", flush=True)
    for inputs, states, extra in RUNGS:
        runs = [measure(inputs, states, extra, seed) for seed in range(repeats)]
        seconds = [took for _, _, took in runs]
        before, after, _ = runs[0]
        times = f"{statistics.median(seconds):.2f} ({max(seconds):.2f})"
        print(f"| {inputs} | {before} | {after or 'not settled'} | {times} |", flush=True)


def measure(inputs: int, states: int, extra: int, seed: int) -> tuple[Size, Size | None, float]:
    """Return a network's size, that of its smallest graph if it settled, and the seconds taken."""
    machine = shift_register(inputs, states)
    oracle = SpecificationOracle(MachineSystem(machine))
    network = noisy_shift_register(inputs, states, extra, np.random.default_rng(seed))
    started = time.perf_counter()
    lifted = lift(network, "register", machine.inputs, machine.outputs)
    manager = Manager(oracle)
    compiled = compile_graph(lifted, manager)
    oracle.verdict(GraphSystem(compiled.graph))
    seconds = time.perf_counter() - started
    return size(lifted), size(compiled.neurons) if compiled.settled else None, seconds


def noisy_shift_register(inputs: int, states: int, extra: int, rng: np.random.Generator) -> Network:
    """Return a network for `shift_register` with small random weights everywhere else.

    Each cell but the last makes one bit of the first two, and passes on the others; the last
    remembers. Each has `extra` outputs beside, which are hardly read.
    """
    cells = []
    width = inputs
    for left in range(inputs - 1, 0, -1):
        kernel, bias = noise(rng, width, left + extra), np.zeros(left + extra)
        kernel[:2, 0], bias[0] = 1.0, -1.0  # ameo(a + b - 1) is a XOR b
        for place in range(1, left):
            kernel[place + 1, place] = -1.0
        cells.append(_cell(kernel, bias, noise(rng, width, 0)))
        width = left + extra
    kernel, recurrent = noise(rng, width + states, 1 + extra), noise(rng, width + states, states)
    kernel[-1, 0], recurrent[0, 0] = -1.0, -1.0
    for place in range(1, states):
        recurrent[width + place - 1, place] = -1.0
    cells.append(_cell(kernel, np.zeros(1 + extra), recurrent))
    dense = noise(rng, 1 + extra, 1).T
    dense[0, 0] = 1.0
    return Network(inputs, 1, tuple(cells), (Dense(dense, np.zeros(1)),))


def noise(rng: np.random.Generator, rows: int, columns: int) -> Floats:
    """Return weights whose sums are small, however many there are."""
    return rng.normal(0.0, NOISE / max(1, rows) ** 0.5, (rows, columns))


def _cell(kernel: Floats, bias: Floats, recurrent: Floats) -> Cell:
    bend, states = Activation("ameo", 0.5, 0.05), recurrent.shape[1]
    return Cell(kernel, bias, recurrent, np.zeros(states), -np.ones(states), bend, bend)
