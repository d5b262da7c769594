"""What each idea of growth buys: generations with one idea left out, over several seeds."""

from pathlib import Path
from typing import Any

import click

from bonsai_compiler.bench.suites import parse_seeds
from bonsai_compiler.growth.codes import members
from bonsai_compiler.growth.grow import grow
from bonsai_compiler.growth.overrides import override
from bonsai_compiler.growth.progress import Population
from bonsai_compiler.growth.recipe import Recipe
from bonsai_compiler.growth.table import table_of
from bonsai_compiler.schedule.populations import values_of
from bonsai_compiler.schedule.settings import source_of
from bonsai_compiler.specification.machine import Machine, minimized
from bonsai_compiler.specification.task_file import load_task

IDEAS: dict[str, dict[str, Any]] = {
    "as it is": {},
    "no hidden layer": {"hidden": 0},
    "corners only, no levels": {"levels": False},
    "flat activation only": {"factors": (0.2,)},
    "straight activation only": {"factors": (1.0,)},
    "no pull while pruning": {"pulls": (0.0,)},
    "no generation after the second": {"generations": 2},
    "no pruning": {"prunings": 0},
}

DRAWN = "codes that know nothing of the task"


@click.command()
@click.argument("tasks", nargs=-1, required=True, type=Path)
@click.option("--seeds", default="0..2", show_default=True, help="Such as 0..9, or 0,3,5.")
def command(tasks: tuple[Path, ...], seeds: str) -> None:
    """Grow each task with each idea left out, and print a Markdown table, a value a seed."""
    print("| task | idea left out | weights | states | generations' steps |")
    print("|---|---|---|---|---|", flush=True)
    for path in tasks:
        task = load_task(path)
        source = source_of(task)
        assert isinstance(source, Machine)
        machine = minimized(source)
        table, ranks = table_of(machine), members(values_of(task, machine))
        for idea, changes in (*IDEAS.items(), (DRAWN, {})):
            recipe = override(Recipe(), changes, idea)
            known = () if idea == DRAWN else ranks
            found = [grow(table, known, recipe, seed) for seed in parse_seeds(seeds)]
            print(line(task.name, idea, found), flush=True)


def line(task: str, idea: str, found: list[Population]) -> str:
    """Return the row of the table for one task and idea."""
    exact = [bool(population.mistakes[0] == 0) for population in found]
    weights = [str(population.weights[0]) for population in found]
    states = [str(len(population.networks[0].cells[0].initial_state)) for population in found]
    columns = (
        ", ".join(value if right else "-" for value, right in zip(values, exact, strict=True))
        for values in (weights, states, [str(population.steps) for population in found])
    )
    return f"| {task} | {idea} | {' | '.join(columns)} |"
