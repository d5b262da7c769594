"""Grow and compile rung by rung: each recipe is tried in turn until a network is proved."""

import ast
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from bonsai_compiler.build import Grown
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.judge import Judge
from bonsai_compiler.machine import tabulate
from bonsai_compiler.names import identifier
from bonsai_compiler.selection import Choice, choose
from bonsai_compiler.task import Task
from bonsai_compiler.terminal import talk, watching
from bonsai_compiler.tuning import Tuning

if TYPE_CHECKING:
    from bonsai_compiler.growth import Population, Recipe

FEWEST = 12
"""How many replicas are tried at least: snapping its states can mend one that nearly learned."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user chose about growing; `changes` override the recipe."""

    seed: int = 0
    engine: str = "auto"
    device: str | None = None
    changes: Mapping[str, Any] | None = None


def climb(task: Task, judge: Judge, settings: Settings) -> tuple[Choice, Grown]:
    """Return the smallest proved network of the first rung that has one, and how it was grown.

    Where no rung has one, the first rung's best is returned.
    """
    tuning = Tuning(judge)
    name = identifier(task.name)
    seconds = {"grow": 0.0, "compile": 0.0}
    first: tuple[Choice, Grown] | None = None
    rungs = recipes(task, settings)
    for number, recipe in enumerate(rungs, 1):
        population = grow_population(task, recipe, settings)
        seconds["grow"] += population.seconds
        started = time.perf_counter()
        order = promising(population)
        choice = choose(population.networks, order, tuning, name, task.inputs, task.outputs)
        seconds["compile"] += time.perf_counter() - started
        grown = Grown(
            seed=settings.seed,
            rung=number,
            replicas=len(population.networks),
            solved=population.solved,
            engine=population.engine,
            device=population.device,
            seconds={stage: round(value, 3) for stage, value in seconds.items()},
        )
        talk(
            f"rung {number} of {len(rungs)}: {population.solved} of {len(population.networks)} "
            f"replicas learned {task.name}, {choice.settled} of {choice.tried} compiled settled"
        )
        first = first or (choice, grown)
        if choice.settled:
            return choice, grown
    assert first is not None
    return first


def grow_population(task: Task, recipe: "Recipe", settings: Settings) -> "Population":
    """Return the population that a recipe grows, shown to the user as it grows."""
    # tinygrad and OpenCL take their time to load, and most commands need neither.
    from bonsai_compiler.growth import grow

    with watching(task.name) as watcher:
        population = grow(
            _source(task),
            recipe,
            settings.seed,
            engine=settings.engine,
            device=settings.device,
            chance=task.chance,
            report=watcher,
        )
    if population.warning:
        talk(f"bonsaic: {population.warning}")
    return population


def recipes(task: Task, settings: Settings) -> tuple["Recipe", ...]:
    """Return the rungs for a task, each with the task's and the user's changes."""
    from bonsai_compiler.growth import default_recipes, override

    changed = [
        override(
            override(recipe, task.growth, f"{task.path}: growth"), settings.changes or {}, "--set"
        )
        for recipe in default_recipes(_source(task))
    ]
    return tuple(dict.fromkeys(changed))


def promising(population: "Population") -> list[int]:
    """Return the numbers of the replicas that learned the task, the sparsest first.

    Where fewer than FEWEST did, those with the fewest mistakes follow.
    """
    order: list[int] = np.lexsort((population.regularisation, population.mistakes)).tolist()
    return order[: max(population.solved, FEWEST)]


def parse_changes(words: Sequence[str]) -> dict[str, Any]:
    """Return the changes that NAME=VALUE words make to a recipe."""
    return dict(map(_change, words))


def _change(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    try:
        return name.strip(), ast.literal_eval(value.strip())
    except (SyntaxError, ValueError):
        fault = "its value is no Python literal" if equals else "write NAME=VALUE"
        raise BonsaiError(f"--set {text}: {fault}") from None


def _source(task: Task) -> Any:
    from bonsai_compiler.growth import Examples

    if task.step is None:
        return Examples(task.inputs, task.outputs, task.draw)
    return tabulate(task)
