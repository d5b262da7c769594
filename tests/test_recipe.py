"""Recipes: defaults that fit the machine, overrides that are checked."""

import numpy as np
import pytest
from machines import delay1, delay2, loop3, modulo3, stack, tabulate

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.specification.machine import Machine
from bonsai_compiler.training.overrides import override
from bonsai_compiler.training.recipe import Recipe, default_recipes
from bonsai_compiler.training.sampling import Examples


def test_few_inputs_have_no_decoder() -> None:
    for make in (delay1, delay2, loop3, modulo3):
        assert all(len(recipe.cells) == 1 for recipe in default_recipes(make()))


def test_recipes_grow_with_the_bits_of_inputs_and_outputs() -> None:
    several = tabulate(lambda state, *bits: (bits[0], (state, *bits[:2])), False, 3, 3)
    few, many = default_recipes(modulo3()), default_recipes(several)
    assert many[0].cells[-1][0] > few[0].cells[-1][0]
    assert len(many[0].cells) == 2


def test_levels_come_first_where_not_every_letter_is_legal() -> None:
    assert [recipe.factor for recipe in default_recipes(stack())] == [1.0, 0.5]
    assert [recipe.factor for recipe in default_recipes(delay2())] == [0.5, 1.0]


def test_a_horizon_sets_the_ticks_of_walks() -> None:
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
        ({"curriculum": ()}, "the recipe has no 'curriculum'"),
    ],
)
def test_a_bad_override_is_one_line(changes: dict[str, object], fault: str) -> None:
    with pytest.raises(BonsaiError) as caught:
        override(Recipe(), changes, "tasks/here.py: growth")
    assert str(caught.value).startswith("tasks/here.py: growth: ")
    assert fault in str(caught.value)
    assert "\n" not in str(caught.value)
