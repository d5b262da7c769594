"""Recipes: defaults that fit the machine, overrides that are checked."""

from pathlib import Path

import numpy as np
import pytest
from machines import delay1, delay2, loop3, modulo3, stack, tabulate

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.specification.cover import cover
from bonsai_compiler.specification.machine import Machine, minimized
from bonsai_compiler.specification.machine import tabulate as tabulated
from bonsai_compiler.specification.task_file import load_task
from bonsai_compiler.training.overrides import override
from bonsai_compiler.training.recipe import Recipe, default_recipes
from bonsai_compiler.training.sampling import Examples


def test_a_small_network_without_decoder_comes_first_for_few_inputs() -> None:
    for make in (delay1, delay2, loop3, modulo3):
        first = default_recipes(make())[0]
        assert len(first.cells) == 1
        assert first.curriculum


def test_recipes_grow_with_the_machine() -> None:
    several = tabulate(lambda state, *bits: (bits[0], (state, *bits[:2])), False, 3, 3)
    few, many = default_recipes(modulo3()), default_recipes(several)
    assert many[0].cells[-1][0] > few[0].cells[-1][0]
    assert len(many[0].cells) == 2
    states = [recipe.cells[-1][1] for recipe in default_recipes(delay2())[:3]]
    assert states == sorted(set(states))


def test_levels_come_first_where_not_every_letter_is_legal() -> None:
    first = default_recipes(stack())[0]
    assert first.factor == 1.0
    assert not first.curriculum


def test_a_machine_without_states_or_with_too_many_is_walked() -> None:
    gate = tabulate(lambda state, a, b: (0, a and b), 0, 2)
    counter = tabulate(lambda n, x: ((n + x) % 70, n == 69), 0, 1)
    for machine in (gate, counter):
        assert all(not recipe.curriculum for recipe in default_recipes(machine))
    assert default_recipes(gate)[0].shape(gate).starts == 1
    assert default_recipes(modulo3())[0].shape(modulo3()).starts == 3


def test_a_curriculum_lengthens_with_the_steps() -> None:
    recipe = Recipe(steps=100, ticks=8, curriculum=((0.0, 1), (0.5, 4), (0.9, 16)))
    assert [recipe.length(step) for step in (0, 49, 50, 89, 90)] == [1, 1, 4, 4, 8]
    assert Recipe(ticks=8, curriculum=()).length(0) == 8


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


def test_counts_are_compared_first_where_every_sequence_teaches(tasks: Path) -> None:
    def first(name: str) -> Recipe:
        machine = cover(tabulated(load_task(tasks / "mips_ints" / f"{name}.py")))
        recipes = default_recipes(minimized(machine))
        assert {recipe.ticks <= 10 for recipe in recipes} == {machine.horizon == 10}
        return recipes[0]

    few, many, endless = map(first, ("majority_0_2", "majority_0_3", "max_seen"))
    assert [states for _, states in few.cells] == [3, 0]
    assert [states for _, states in many.cells] == [4, 0]
    # Of ten letters there are too many sequences, and codes serve ten counts.
    assert len(first("evens_counter").cells) == len(endless.cells) == 1


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
        ({"curriculum": ((0, 1), (0.5, 2.5))}, "whole number of ticks"),
        ({"curriculum": ((0.1, 1),)}, "share of the steps"),
        ({"curriculum": ((0, 0),)}, "whole number of ticks"),
    ],
)
def test_a_bad_override_is_one_line(changes: dict[str, object], fault: str) -> None:
    with pytest.raises(BonsaiError) as caught:
        override(Recipe(), changes, "tasks/here.py: growth")
    assert str(caught.value).startswith("tasks/here.py: growth: ")
    assert fault in str(caught.value)
    assert "\n" not in str(caught.value)
