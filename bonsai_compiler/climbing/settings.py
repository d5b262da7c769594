"""What the user chose about growing, and the recipes that follow from it for a task."""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.specification.cover import cover
from bonsai_compiler.specification.machine import Machine, tabulate
from bonsai_compiler.specification.task import Task

if TYPE_CHECKING:
    from bonsai_compiler.growth import Examples, Recipe


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user chose about growing; `changes` override the recipe.

    `budget` is in seconds, None for one that fits the task; `resume` goes on from a checkpoint.
    """

    seed: int = 0
    engine: str = "auto"
    device: str | None = None
    changes: Mapping[str, Any] | None = None
    budget: float | None = None
    resume: bool = False


def recipes(task: Task, source: "Machine | Examples", settings: Settings) -> tuple["Recipe", ...]:
    """Return the rungs for a task, each with the task's and the user's changes."""
    from bonsai_compiler.growth import default_recipes, override

    changed = [
        override(
            override(recipe, task.growth, f"{task.path}: growth"), settings.changes or {}, "--set"
        )
        for recipe in default_recipes(source)
    ]
    return tuple(dict.fromkeys(changed))


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


def source_of(task: Task) -> "Machine | Examples":
    """Return what a task's networks learn from: its machine up to its horizon, or its examples."""
    from bonsai_compiler.growth import Examples

    if not task.has_step:
        return Examples(task.inputs, task.outputs, task.draw, task.ports)
    return cover(tabulate(task))
