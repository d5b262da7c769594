"""How to grow: every number of a training run, its default for a machine, and its overrides."""

import difflib
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from bonsai_compiler.activation import Activation
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.growth.sampling import Examples
from bonsai_compiler.growth.shape import Shape
from bonsai_compiler.machine import Machine

Drops = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Recipe:
    """One training run: rounds of fresh replicas, thinned to the best, which are trained on.

    A round takes the first `round_steps` of the steps; there are no more rounds once half of the
    kept replicas solve the task. Drops are (share of all steps, factor from there on).

    The regulariser is mean(intensity * (tanh((|w| - threshold) * steepness) + ...) + l1 * |w|)
    over each kernel. Source: "Growing Bonsai Networks with RNNs", section "Sparsity".
    """

    replicas: int = 64
    rounds: int = 6
    round_steps: int = 500
    steps: int = 3000
    batch: int = 64
    ticks: int = 24
    cells: tuple[tuple[int, int], ...] = ((4, 2),)
    factor: float = 0.5
    leak: float = 0.1
    learning_rate: float = 0.01
    rate_drops: Drops = ((0.1, 0.8), (0.2, 0.6), (0.5, 0.5))
    intensity: float = 0.05
    intensity_drops: Drops = ((0.1, 0.8), (0.2, 0.6))
    threshold: float = 0.025
    steepness: float = 10.0
    l1: float = 0.001

    def shape(self, inputs: int, outputs: int) -> Shape:
        """The shape of the networks that this recipe grows."""
        return Shape(inputs, self.cells, outputs, Activation("ameo", self.factor, self.leak))


# A strong regulariser from the start kills hard tasks: learn first, then thin out.
_RISING: dict[str, Any] = {"intensity": 0.01, "intensity_drops": ((0.4, 4.0),)}


def default_recipe(source: Machine | Examples) -> Recipe:
    """Return the recipe to try first; `default_recipes` has the others."""
    return default_recipes(source)[0]


def default_recipes(source: Machine | Examples) -> tuple[Recipe, ...]:
    """Return recipes for a task, in the order in which to try them.

    They grow with the machine: its states, inputs, outputs and horizon. A small cell suffices for
    a machine that forgets its start; counters and stacks want straight pieces (factor 1), on
    which a state can step from level to level; automata of many inputs or states want a first
    cell without states, which decodes, and states in the second, which latch.
    """
    inputs, outputs = len(source.inputs), len(source.outputs)
    extra = 2 * max(0, inputs - 1) + 2 * (outputs - 1)
    medium = Recipe(cells=((6 + extra, 3),), **_RISING)
    counter = Recipe(cells=((8 + extra, 2),), factor=1.0, **_RISING)
    decoder = Recipe(replicas=48, steps=4000, cells=((8 + extra, 0), (8 + extra, 4)), **_RISING)
    wide = replace(decoder, cells=((16 + extra, 0), (12 + extra, 6)), steps=6000)
    if isinstance(source, Examples):
        return medium, counter, decoder, wide
    size = source.size
    bits = max(2, math.ceil(math.log2(max(2, size))))
    small = Recipe(cells=((max(4, bits + 2) + extra, bits),))
    recipes: tuple[Recipe, ...]
    if source.horizon is not None:
        recipes = (counter, medium, decoder, wide)
    elif inputs <= 2 and (size <= 2 or (size <= 8 and (inputs == 0 or forgets(source)))):
        recipes = (small, medium, decoder)
    elif inputs >= 3:
        recipes = (decoder, medium, wide)
    elif size <= 4:
        recipes = (medium, decoder, counter)
    else:
        recipes = (counter, decoder, wide)
    ticks = source.horizon or (24 if size <= 4 else min(64, 16 + 2 * size))
    return tuple(replace(recipe, ticks=ticks) for recipe in recipes)


def forgets(machine: Machine) -> bool:
    """Whether the last few letters alone decide the state, whatever came before them."""
    if (machine.successor < 0).any():
        return False
    apart = ~np.eye(machine.size, dtype=bool)
    for _ in range(machine.size):
        following = np.zeros_like(apart)
        for letter in range(machine.successor.shape[1]):
            after = machine.successor[:, letter]
            first, second = np.nonzero(apart)
            following[after[first], after[second]] = True
        apart = following & ~np.eye(machine.size, dtype=bool)
        if not apart.any():
            return True
    return False


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


# Whole numbers and the least and most that each may be.
COUNTS = {
    "replicas": (1, 4096),
    "rounds": (1, 1000),
    "round_steps": (1, 10_000_000),
    "steps": (1, 10_000_000),
    "batch": (1, 65536),
    "ticks": (1, 4096),
}
# Other numbers, likewise.
NUMBERS = {
    "factor": (0.0, 1.0),
    "leak": (0.0, 1.0),
    "learning_rate": (1e-9, 10.0),
    "intensity": (0.0, 100.0),
    "threshold": (0.0, 100.0),
    "steepness": (1e-6, 1e6),
    "l1": (0.0, 100.0),
}


def _checked(name: str, value: object, place: str) -> object:
    if name in COUNTS:
        if _whole(value) and COUNTS[name][0] <= value <= COUNTS[name][1]:  # type: ignore[operator]
            return value
        wish = f"a whole number from {COUNTS[name][0]} to {COUNTS[name][1]}"
    elif name in NUMBERS:
        if _number(value) and NUMBERS[name][0] <= value <= NUMBERS[name][1]:  # type: ignore[operator]
            return float(value)  # type: ignore[arg-type]
        wish = f"a number from {NUMBERS[name][0]:g} to {NUMBERS[name][1]:g}"
    elif name == "cells":
        pairs = _pairs(value)
        if pairs and all(
            _whole(outputs) and _whole(states) and 1 <= outputs <= 256 and 0 <= states <= 256
            for outputs, states in pairs
        ):
            return pairs
        wish = "pairs of (outputs, states), such as ((4, 2),)"
    else:
        pairs = _pairs(value)
        if pairs is not None and all(
            _number(share) and _number(factor) and 0 <= share <= 1 and factor >= 0
            for share, factor in pairs
        ):
            return tuple((float(share), float(factor)) for share, factor in sorted(pairs))
        wish = "pairs of (share of the steps from 0 to 1, factor), such as ((0.5, 0.5),)"
    raise BonsaiError(f"{place}: {name} is {value!r}; it must be {wish}")


def _pairs(value: object) -> tuple[tuple[Any, Any], ...] | None:
    if not isinstance(value, list | tuple):
        return None
    if not all(isinstance(item, list | tuple) and len(item) == 2 for item in value):
        return None
    return tuple((item[0], item[1]) for item in value)


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
