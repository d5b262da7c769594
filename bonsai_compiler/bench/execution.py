"""How fast what came out runs: the emitted program, the graphs and the machine, in ticks a second.

Inputs are random letters. What runs sequences side by side is told of all of them together.
"""

import statistics
import time
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
import numpy as np

from bonsai_compiler.bench import compiled
from bonsai_compiler.driver.loading import read_run
from bonsai_compiler.equivalence.system import GraphSystem, Numbers, ProgramSystem, TransitionSystem
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.fsm.mealy import tabulated
from bonsai_compiler.ir.graph import Dialect, Graph
from bonsai_compiler.ir.interpreter import Bools, run
from bonsai_compiler.specification.machine import Machine
from bonsai_compiler.specification.task import Task
from bonsai_compiler.specification.task_file import load_task

TICKS = 1000
SEQUENCES = 1000
"""How many sequences numpy runs side by side."""

ROUNDS = 5


@click.command()
@click.argument("folders", nargs=-1, required=True, type=Path)
@click.option("--seconds", type=float, default=0.2, show_default=True, help="Of each of 5 rounds.")
def command(folders: tuple[Path, ...], seconds: float) -> None:
    """Run what stands in each folder of results, and print a Markdown table."""
    print("| task | runs | sequences | ticks a second, median (least) |")
    print("|---|---|---|---|", flush=True)
    for folder in folders:
        program = program_in(folder)
        with TemporaryDirectory() as place, ExitStack() as running:
            ways = ways_to_run(folder, program)
            ways += compiled_ways(folder, Path(place), running)
            # In turn, so that a busy moment meets all of them alike.
            rates = [[rate(advance, seconds) for *_, advance in ways] for _ in range(ROUNDS)]
        for (name, sequences, _), own in zip(ways, zip(*rates, strict=True), strict=True):
            cells = f"{statistics.median(own):,.0f} ({min(own):,.0f})"
            print(f"| {program.name} | {name} | {sequences} | {cells} |", flush=True)


def program_in(folder: Path) -> Task:
    """Return the emitted program in a folder of results."""
    programs = [*folder.glob("*.py")]
    if len(programs) != 1:
        raise BonsaiError(f"{folder}: is no folder of results, with one program (.py) in it")
    return load_task(programs[0])


Advance = Callable[[], int]
"""Runs for a while, and returns how many ticks that were."""


def ways_to_run(folder: Path, program: Task) -> list[tuple[str, int, Advance]]:
    """Return (name, sequences side by side, what runs them) of each way to run a result."""
    graphs = [stage.graph for stage in read_run(folder).stages]
    neurons = [graph for graph in graphs if graph.dialect is Dialect.NEURONS][-1]
    logic = [graph for graph in graphs if graph.dialect is Dialect.LOGIC]
    chosen = np.random.default_rng(0).integers(program.input_signals.size, size=TICKS)
    bits = program.input_signals.alphabet[chosen]
    whole = tabulated(ProgramSystem(program))
    alone = {
        "the emitted program": generated(program, bits),
        "the graph of neurons, interpreted": interpreted(neurons, bits),
    }
    together = {"the graph of neurons, in numpy": side_by_side(GraphSystem(neurons))}
    if logic:
        alone["the graph of logic, interpreted"] = interpreted(logic[-1], bits)
    if whole is not None:
        alone["the machine's table"] = looked_up(whole.machine, chosen)
        together["the machine's table, in numpy"] = gathered(whole.machine)
    return [(name, 1, advance) for name, advance in alone.items()] + [
        (name, SEQUENCES, advance) for name, advance in together.items()
    ]


def compiled_ways(folder: Path, place: Path, running: ExitStack) -> list[tuple[str, int, Advance]]:
    """Return the same of the logic in C and JavaScript, as far as there are compilers here."""
    graph = read_run(folder).stages[-1].graph
    if graph.dialect is not Dialect.LOGIC:
        return []
    makers = {
        "the logic in JavaScript": (compiled.javascript_program, 1, 200),
        "the logic in C": (compiled.c_program, 1, 4_000),
        "the logic in C, bit-sliced": (compiled.sliced_program, compiled.MACHINES, 2_000),
    }
    ways: list[tuple[str, int, Advance]] = []
    for name, (make, machines, rounds) in makers.items():
        inner = place / f"{make.__name__}"
        inner.mkdir()
        ask = make(graph, inner, running)
        if ask is not None:
            ways.append((name, machines, partial(_asked, ask, rounds, machines)))
    return ways


def _asked(ask: compiled.Ask, rounds: int, machines: int) -> int:
    ask(rounds)
    return rounds * compiled.TICKS * machines


def generated(program: Task, bits: Bools) -> Advance:
    """Run the program's generator."""
    if not program.generator:
        raise BonsaiError(f"{program.path}: has no generator; it is no emitted program")
    # Run here, as its user would: what a process of its own takes to be asked is not measured.
    names: dict[str, Any] = {}
    exec(compile(program.source, str(program.path), "exec"), names)
    generator = names[program.generator]
    rows = [program.input_signals.values(tuple(row)) for row in bits.tolist()]
    given = [row[0] for row in rows] if len(program.input_signals.fields) == 1 else rows

    def advance() -> int:
        deque(generator(given), maxlen=0)
        return TICKS

    return advance


def looked_up(machine: Machine, chosen: Numbers) -> Advance:
    """Run the table of a machine, as lists."""
    successor, output = machine.successor.tolist(), machine.output.tolist()
    letters = chosen.tolist()

    def advance() -> int:
        state = 0
        for letter in letters:
            _ = output[state][letter]
            state = successor[state][letter]
        return TICKS

    return advance


def interpreted(graph: Graph, bits: Bools) -> Advance:
    """Run a graph in the interpreter."""

    def advance() -> int:
        run(graph, bits)
        return TICKS

    return advance


def side_by_side(system: TransitionSystem) -> Advance:
    """Run SEQUENCES of a graph side by side, as the search does."""
    rng = np.random.default_rng(0)
    chosen = rng.integers(len(system.alphabet), size=(TICKS // 10, SEQUENCES))

    def advance() -> int:
        states = np.repeat(system.start(), SEQUENCES, axis=0)
        for letter in chosen:
            states = system.step(states, letter).states
        return chosen.size

    return advance


def gathered(machine: Machine) -> Advance:
    """Run SEQUENCES of a machine side by side, each tick a look-up of all."""
    chosen = np.random.default_rng(0).integers(len(machine.letters), size=(TICKS, SEQUENCES))

    def advance() -> int:
        states = np.zeros(SEQUENCES, np.int32)
        for letter in chosen:
            _ = machine.output[states, letter]
            states = machine.successor[states, letter]
        return chosen.size

    return advance


def rate(advance: Advance, seconds: float) -> float:
    """Return ticks a second, over at least so many seconds."""
    ticks, started = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - started) < seconds or not ticks:
        ticks += advance()
    return ticks / elapsed
