"""Ablation: recipes with one idea of growth left out, over several seeds."""

import statistics
from pathlib import Path
from typing import Any

import click

from bonsai_compiler.bench.suites import parse_seeds
from bonsai_compiler.schedule.settings import source_of
from bonsai_compiler.specification.task_file import load_task
from bonsai_compiler.training import Population, default_recipes, grow, override

IDEAS: dict[str, dict[str, Any]] = {
    "as it is": {},
    "sequences from the start only": {"curriculum": ()},
    "states never held to codes": {"held": 0.0},
    "states never free": {"held": 1.0},
    "one tick only, then all": {"curriculum": ((0.0, 1), (0.5, 24))},
    "straight activation": {"factor": 1.0},
    "no regulariser while pruning": {"pruning_intensity": 0.0},
    "no pruning": {"prunings": 0},
}


@click.command()
@click.argument("tasks", nargs=-1, required=True, type=Path)
@click.option("--seeds", default="0..2", show_default=True, help="Such as 0..9, or 0,3,5.")
@click.option("--rung", type=click.IntRange(1), default=1, show_default=True, help="Which recipe.")
def command(tasks: tuple[Path, ...], seeds: str, rung: int) -> None:
    """Grow one rung of each task with each idea left out, and print a Markdown table."""
    print("| task | idea left out | replicas right | fewest weights | steps |")
    print("|---|---|---|---|---|", flush=True)
    for path in tasks:
        task = load_task(path)
        source = source_of(task)
        recipe = default_recipes(source)[rung - 1]
        for idea, changes in IDEAS.items():
            changed = override(recipe, changes, idea)
            found = [grow(source, changed, seed, chance=task.chance) for seed in parse_seeds(seeds)]
            print(line(task.name, idea, recipe.replicas, found), flush=True)


def line(task: str, idea: str, replicas: int, found: list[Population]) -> str:
    """Return the row of the table for one task and idea, a value a seed, and medians of steps."""
    solved = ", ".join(str(population.solved) for population in found)
    weights = ", ".join(
        str(population.weights[0]) if population.solved else "-" for population in found
    )
    steps = statistics.median(population.steps for population in found)
    return f"| {task} | {idea} | {solved} of {replicas} | {weights} | {steps:.0f} |"
