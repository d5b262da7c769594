"""An automata learner beside us: AALpy's L* learns the tasks, and judges our programs.

The learner asks each task as a black box, and takes 40 random walks from each state that it knows
for a test of its guess. As a judge it holds the machine of each program against that of its task.
"""

import random
import statistics
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import click

from bonsai_compiler.bench.rows import Row, load_results
from bonsai_compiler.bench.suites import find_suite
from bonsai_compiler.bench.sweep import RESULTS
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.specification.task import Task
from bonsai_compiler.specification.task_file import load_task

WALKS, STEPS = 40, 12

HEADINGS = (
    "task",
    "minimal states",
    "L* learns states",
    "queries",
    "steps",
    "seconds",
    "bonsaic proves",
    "seconds",
    "AALpy agrees",
)


@click.command()
@click.argument("suite")
@click.option("--results", "folder", type=Path, help="What bonsaic bench left: our side of it.")
@click.option(
    "--seconds", type=float, default=60.0, show_default=True, help="How long a task is learned."
)
def command(suite: str, folder: Path | None, seconds: float) -> None:
    """Learn every task of a suite, judge its programs if there are any, and print a table."""
    if find_spec("aalpy") is None:
        raise BonsaiError("bench learn needs AALpy; pip install aalpy")
    tasks = find_suite(suite).tasks
    found = load_results(folder / RESULTS) if folder else None
    if folder and found is None:
        raise BonsaiError(f"{folder}: holds no {RESULTS}; bonsaic bench writes it")
    print(f"| {' | '.join(HEADINGS)} |\n{'|---' * len(HEADINGS)}|", flush=True)
    for path in tasks:
        task = load_task(path)
        rows = [row for row in found.rows if row.task == task.name] if found else []
        print(
            f"| {task.name} | {learned(task, seconds)} | {ours(task, rows, folder)} |",
            flush=True,
        )


def learned(task: Task, limit: float) -> str:
    """Return the cells about L*: states of the task, what was learned, queries, steps, seconds."""
    from aalpy.learning_algs import run_Lstar
    from aalpy.oracles import StatePrefixEqOracle
    from aalpy.utils import bisimilar

    from bonsai_compiler.bench.automata import (
        OVER,
        BlackBox,
        TooLongError,
        as_mealy,
        machine_of,
    )
    from bonsai_compiler.specification.machine import minimized, tabulate

    random.seed(0)
    machine = minimized(machine_of(task))
    box = BlackBox(tabulate(task), limit)
    alphabet = list(range(task.input_signals.size))
    oracle = StatePrefixEqOracle(alphabet, box, walks_per_state=WALKS, walk_len=STEPS)
    try:
        guess, told = run_Lstar(alphabet, box, oracle, "mealy", return_data=True, print_level=0)
    except TooLongError:
        return f"{machine.size} | not done |  |  | {limit:.0f}"
    right = bisimilar(guess, as_mealy(machine, OVER))
    queries, steps = (
        told[f"{what}_learning"] + told[f"{what}_eq_oracle"] for what in ("queries", "steps")
    )
    outcome = f"{guess.size}, {'right' if right else 'wrong'}"
    cells = machine.size, outcome, f"{queries:,}", f"{steps:,}", f"{told['total_time']:.2f}"
    return " | ".join(map(str, cells))


def ours(task: Task, rows: Sequence[Row], folder: Path | None) -> str:
    """Return the cells about us: runs proved, seconds, and with how many verdicts AALpy agrees."""
    if not rows or folder is None:
        return " |  | "
    asked = [row for row in rows if row.verdict in ("proved", "refuted")]
    answers = [agrees(task, row, folder) for row in asked]
    known = [answer for answer in answers if answer is not None]
    unknown = len(answers) - len(known)
    agree = f"{sum(known)} of {len(known)}" + (f", {unknown} without end" if unknown else "")
    proved = f"{sum(row.proved for row in rows)} of {len(rows)}"
    return f"{proved} | {statistics.median(row.seconds for row in rows):.1f} | {agree}"


def agrees(task: Task, row: Row, folder: Path) -> bool | None:
    """Return whether AALpy finds program and task bisimilar just if we proved them equal.

    None for a program whose states do not close soon.
    """
    from aalpy.utils import bisimilar

    from bonsai_compiler.bench.automata import as_mealy, machine_of, machine_of_program

    program = load_task(folder / f"seed-{row.seed}" / row.task / f"{row.task}.py")
    machine = machine_of_program(program, task)
    if machine is None:
        return None
    return bool(bisimilar(as_mealy(machine), as_mealy(machine_of(task)))) == row.proved
