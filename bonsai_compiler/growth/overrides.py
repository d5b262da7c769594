"""Changes to a recipe by its user: each number checked by name, type and range."""

import difflib
import math
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.growth.recipe import MEASURES, Recipe


def override(recipe: Recipe, values: Mapping[str, object], place: str) -> Recipe:
    """Return the recipe with some numbers replaced; lists stand for tuples.

    Raises BonsaiError, beginning with `place`, for an unknown name, another type or a number out
    of range.
    """
    names = [field.name for field in fields(Recipe)]
    checked: dict[str, Any] = {}
    for name, value in values.items():
        if name not in names:
            near = difflib.get_close_matches(str(name), names, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(names)}"
            raise BonsaiError(f"{place}: the recipe has no {name!r}; {hint}")
        checked[name] = _checked(name, value, place)
    return replace(recipe, **checked)


# The least and most that each number may be; what begins with a whole one is a whole number.
RANGES: dict[str, tuple[float, float]] = {
    "populations": (1, 100_000),
    "replicas": (1, 4096),
    "steps": (1, 10_000_000),
    "batch": (1, 65536),
    "ticks": (1, 4096),
    "states": (0, 256),
    "prunings": (0, 100_000),
    "pruning_steps": (1, 10_000_000),
    "hidden": (0, 1024),
    "generations": (1, 1_000_000),
    "patience": (1, 1_000_000),
    "leak": (0.0, 1.0),
    "learning_rate": (1e-9, 10.0),
    "intensity": (0.0, 100.0),
    "threshold": (0.0, 100.0),
    "steepness": (1e-6, 1e6),
    "pruning_rate": (1e-9, 10.0),
    "enough": (0.0, 1.0),
    "effort": (0.0, 1e12),
}


def _checked(name: str, value: object, place: str) -> object:
    if name in RANGES:
        least, most = RANGES[name]
        whole = isinstance(least, int)
        if (_whole(value) if whole else _number(value)) and least <= value <= most:  # type: ignore[operator]
            return value if whole else float(value)  # type: ignore[arg-type]
        wish = f"a {'whole ' * whole}number from {least:g} to {most:.15g}"
    elif name == "levels":
        if isinstance(value, bool):
            return value
        wish = "True or False"
    elif name == "smallest":
        if value in MEASURES:
            return value
        wish = f"one of {', '.join(MEASURES)}"
    elif name in ("factors", "pulls"):
        several = isinstance(value, list | tuple) and len(value) > 0
        if several and all(_number(factor) and 0 <= factor <= 1 for factor in value):  # type: ignore[attr-defined]
            return tuple(map(float, value))  # type: ignore[call-overload]
        wish = "some numbers from 0 to 1, such as (0.2, 1.0)"
    else:
        pairs = _pairs(value)
        if pairs is not None and all(0 <= share <= 1 and factor >= 0 for share, factor in pairs):
            return tuple(sorted(pairs))
        wish = "pairs of (share of the steps from 0 to 1, factor), such as ((0.5, 0.5),)"
    raise BonsaiError(f"{place}: {name} is {value!r}; it must be {wish}")


def _pairs(value: object) -> list[tuple[float, float]] | None:
    """Return pairs of numbers as such, None for anything else."""
    if not isinstance(value, list | tuple):
        return None
    if not all(isinstance(item, list | tuple) and len(item) == 2 for item in value):
        return None
    if not all(_number(number) for item in value for number in item):
        return None
    return [(float(share), float(factor)) for share, factor in value]


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
