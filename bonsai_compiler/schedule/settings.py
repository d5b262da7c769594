"""What the user chose about growing, and the recipe that follows from it for a task."""

import ast
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bonsai_compiler.errors import BonsaiError, shown
from bonsai_compiler.growth.overrides import override
from bonsai_compiler.growth.recipe import (
    MEASURES,
    MOST_ROWS,
    MOST_STATES,
    Recipe,
    through_time,
)
from bonsai_compiler.growth.sequences import Examples
from bonsai_compiler.growth.table import rows_of
from bonsai_compiler.specification.cover import cover
from bonsai_compiler.specification.machine import Machine, tabulate
from bonsai_compiler.specification.task import Task
from bonsai_compiler.workers.cluster import local_count

MOST_SEED = 2**63 - 1
FOREVER = 10**9
RECIPES = "auto", "article"


def expect_seed(seed: object) -> None:
    """Raise BonsaiError unless a seed is a whole number that generators of random numbers take."""
    if not isinstance(seed, int) or isinstance(seed, bool) or not 0 <= seed <= MOST_SEED:
        raise BonsaiError(f"the seed is {shown(seed)}; it must be a whole number, 0 or more")


def expect_budget(budget: object) -> None:
    """Raise BonsaiError unless a budget is a time that passes."""
    number = isinstance(budget, int | float) and not isinstance(budget, bool)
    if not number or not 1.0 <= budget < math.inf:  # type: ignore[operator]
        raise BonsaiError(f"the budget is {shown(budget)}; it must be seconds, 1 or more")


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user chose about growing; `changes` override the recipe.

    `budget` is in seconds, None for one that fits the task; `resume` goes on from a checkpoint.
    `recipe` is auto, or article for the article's own way, without a table; `smallest` one of
    MEASURES. `cluster` is where generations grow, as `workers_at` takes it; None is for here.
    """

    seed: int = 0
    engine: str = "auto"
    device: str | None = None
    changes: Mapping[str, Any] | None = None
    budget: float | None = None
    resume: bool = False
    recipe: str = "auto"
    smallest: str = "weights"
    cluster: str | None = None

    def __post_init__(self) -> None:
        expect_seed(self.seed)
        if self.budget is not None:
            expect_budget(self.budget)
        for what, value, known in (
            ("recipe", self.recipe, RECIPES),
            ("measure", self.smallest, MEASURES),
        ):
            if value not in known:
                raise BonsaiError(f"the {what} is {shown(value)}; known are {', '.join(known)}")
        for what, value in (("engine", self.engine), ("device", self.device or "")):
            if not isinstance(value, str):
                raise BonsaiError(f"the {what} is {shown(value)}; it must be a name, in quotes")
        if self.cluster is not None:
            local_count(self.cluster)


def recipe_for(task: Task, source: Machine | Examples, settings: Settings) -> Recipe:
    """Return how networks are grown for a task, with its own and the user's changes.

    A machine that is small enough is learned from its table, unless the ticks of sequences are
    asked for, and all else through time.
    """
    changes = settings.changes or {}
    small = isinstance(source, Machine) and (
        source.size <= MOST_STATES and rows_of(source) <= MOST_ROWS
    )
    if small and settings.recipe == "auto" and not {"ticks"} & {*task.growth, *changes}:
        recipe = Recipe()
        if settings.budget is not None:
            # What a user gives is spent to its end.
            recipe = replace(recipe, generations=FOREVER, patience=FOREVER, effort=FOREVER)
    else:
        recipe = through_time(source)
    own = override(recipe, task.growth, f"{task.path}: growth")
    return override(replace(own, smallest=settings.smallest), changes, "--set")


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


def source_of(task: Task, machine: Machine | None = None) -> Machine | Examples:
    """Return what a task's networks learn from: its machine up to its horizon, or its examples.

    The task is tabulated where its `machine` is not given.
    """
    if not task.has_step:
        return Examples(task.inputs, task.outputs, task.draw, task.ports)
    return cover(machine or tabulate(task))
