"""Recipes: defaults that fit the machine, overrides that are checked."""

import numpy as np
import pytest
from machines import delay1, delay2, loop3, modulo3, stack, tabulate

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.growth.recipe import Recipe, default_recipes, forgets, override
from bonsai_compiler.growth.sampling import Examples
from bonsai_compiler.machine import Machine


def test_a_small_cell_for_a_machine_that_forgets() -> None:
    for make in (delay1, delay2, loop3):
        assert default_recipes(make())[0].cells == ((4, 2),)
    assert forgets(delay2())
    assert not forgets(modulo3())


def test_recipes_grow_with_the_machine() -> None:
    small, large = default_recipes(modulo3())[0], default_recipes(stack())[0]
    assert large.ticks > small.ticks
    several = tabulate(lambda state, *bits: (bits[0], (state, *bits[:2])), False, 3, 3)
    assert default_recipes(several)[0].cells[0][0] > default_recipes(modulo3())[1].cells[0][0]


def test_a_horizon_sets_the_ticks() -> None:
    machine = Machine(
        ("x",),
        ("y",),
        np.full((1, 2), -1, np.int32),
        np.ones((1, 2, 1), np.int8),
        np.ones((1, 2), bool),
        7,
    )
    assert {recipe.ticks for recipe in default_recipes(machine)} == {7}


def test_examples_have_recipes_too() -> None:
    assert default_recipes(Examples(("x",), ("y",), lambda rng, batch, ticks: (0, 0)))


def test_every_number_can_be_set() -> None:
    changes = {"steps": 10, "cells": [[3, 0], [2, 1]], "leak": 0, "rate_drops": [[0.5, 0.1]]}
    recipe = override(Recipe(), changes, "here")
    assert (recipe.steps, recipe.cells, recipe.leak) == (10, ((3, 0), (2, 1)), 0.0)
    assert recipe.rate_drops == ((0.5, 0.1),)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"step": 10}, "did you mean 'steps'"),
        ({"zzz": 10}, "known are replicas"),
        ({"steps": 0}, "a whole number from 1"),
        ({"steps": True}, "a whole number"),
        ({"steps": 2.5}, "a whole number"),
        ({"factor": 2}, "a number from 0 to 1"),
        ({"leak": "much"}, "a number from 0"),
        ({"leak": float("nan")}, "a number from 0"),
        ({"cells": (4, 2)}, "pairs of"),
        ({"cells": ()}, "pairs of"),
        ({"cells": ((0, 2),)}, "pairs of"),
        ({"cells": ((4, 2, 1),)}, "pairs of"),
        ({"rate_drops": ((2, 0.5),)}, "share of the steps"),
    ],
)
def test_a_bad_override_is_one_line(changes: dict[str, object], fault: str) -> None:
    with pytest.raises(BonsaiError) as caught:
        override(Recipe(), changes, "tasks/here.py: growth")
    assert str(caught.value).startswith("tasks/here.py: growth: ")
    assert fault in str(caught.value)
    assert "\n" not in str(caught.value)
