"""How often random traces give the true minimal machine: ours, and AALpy's EDSM alone.

Machines are those of tasks of bits; traces have 1 to 20 random ticks, and a share of their outputs
is flipped. AALpy alone takes contradictions as they come, and of many it takes minutes: with
flipped outputs it is asked of up to 50 traces only.
"""

from collections.abc import Sequence
from pathlib import Path

import click
import numpy as np

from bonsai_compiler.bench.suites import find_suite
from bonsai_compiler.learning.merging import Table, Trace
from bonsai_compiler.learning.passive import edsm, learned
from bonsai_compiler.specification.machine import Machine, minimized, tabulate
from bonsai_compiler.specification.task_file import load_task
from bonsai_compiler.system.reading import bundled_folder

COUNTS = (20, 50, 100, 200, 500)
FLIPPED = (0.0, 0.01, 0.05)
MOST_ALONE = 50
"""So many traces with flipped outputs AALpy alone is asked of; more take it minutes."""

MOST_TICKS = 20
MORE = ("gate_selector.py", "textbook/serial_adder.py")


@click.command()
@click.option("--seeds", type=click.IntRange(1), default=5, show_default=True)
def command(seeds: int) -> None:
    """Learn the machines of Tomita's languages and two more from random traces; print a table."""
    others = (bundled_folder("tasks") / name for name in MORE)
    machines = {path.stem: machine_of(path) for path in (*find_suite("tomita").tasks, *others)}
    click.echo(f"{', '.join(machines)}; {seeds} seeds each")
    click.echo("| outputs flipped | traces | true minimal machine | AALpy's EDSM alone |")
    click.echo("|---|---|---|---|")
    for flipped in FLIPPED:
        for count in COUNTS:
            cases = [
                (machine, drawn(machine, count, flipped, seed))
                for machine in machines.values()
                for seed in range(seeds)
            ]
            ours = [same(learned(traces, flipped), machine) for machine, traces in cases]
            theirs = "not asked"
            if not flipped or count <= MOST_ALONE:
                alone = [same(edsm(traces), machine) for machine, traces in cases]
                theirs = f"{sum(alone)} of {len(alone)}"
            click.echo(f"| {flipped:.0%} | {count} | {sum(ours)} of {len(ours)} | {theirs} |")


def machine_of(path: Path) -> Machine:
    """Return the minimal machine of a task."""
    return minimized(tabulate(load_task(path)))


def drawn(machine: Machine, count: int, flipped: float, seed: int) -> list[Trace]:
    """Return random traces, in words of which 0 is the first letter."""
    rng = np.random.default_rng([seed, count])
    outputs = sorted({word(row) for row in machine.output[machine.legal]})
    traces = []
    for _ in range(count):
        state, letters, said = 0, [], []
        for _ in range(rng.integers(1, MOST_TICKS + 1)):
            letter = int(rng.choice(np.flatnonzero(machine.legal[state])))
            output = word(machine.output[state, letter])
            if rng.random() < flipped:
                output = str(rng.choice([other for other in outputs if other != output]))
            letters.append(str(letter))
            said.append(output)
            state = int(machine.successor[state, letter])
        traces.append((tuple(letters), tuple(said)))
    return traces


def word(codes: Sequence[int]) -> str:
    """Return codes of outputs as one word."""
    return "".join("-01"[code] for code in codes)


def same(table: Table, machine: Machine) -> bool:
    """Return whether a table does as a machine does, on every letter that may come."""
    met, left = {(0, 0)}, [(0, 0)]
    while left:
        own, state = left.pop()
        for letter in np.flatnonzero(machine.legal[state]).tolist():
            if str(letter) not in table[own]:
                return False
            output, following = table[own][str(letter)]
            if output != word(machine.output[state, letter]):
                return False
            pair = following, int(machine.successor[state, letter])
            if pair not in met:
                met.add(pair)
                left.append(pair)
    return True
