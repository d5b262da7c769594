"""Recipes: defaults that fit the machine, overrides that are checked."""

import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from machines import delay2, modulo3, stack, tabulate

from bonsai_compiler.devices.opencl import opencl_devices
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.growth.overrides import override
from bonsai_compiler.growth.recipe import MOST_ROWS, MOST_STATES, Recipe, through_time
from bonsai_compiler.growth.sequences import Examples
from bonsai_compiler.schedule.settings import (
    FOREVER,
    Settings,
    parse_changes,
    recipe_for,
    source_of,
)
from bonsai_compiler.specification.machine import Machine
from bonsai_compiler.specification.task_file import load_task


def test_recipes_grow_with_the_bits_of_inputs_and_outputs() -> None:
    several = tabulate(lambda state, *bits: (bits[0], (state, *bits[:2])), False, 3, 3)
    few, many = through_time(modulo3()), through_time(several)
    assert (many.hidden or 0) > (few.hidden or 0)


def test_straight_pieces_come_first_where_not_every_letter_is_legal() -> None:
    assert through_time(stack()).factors == (1.0, 0.5)
    assert through_time(delay2()).factors == (0.5, 1.0)


def test_a_horizon_sets_the_ticks_of_walks() -> None:
    machine = Machine(
        ("x",),
        ("y",),
        np.full((1, 2), -1, np.int32),
        np.ones((1, 2, 1), np.int8),
        np.ones((1, 2), bool),
        7,
    )
    assert through_time(machine).ticks == 7


def test_examples_have_recipes_too() -> None:
    assert through_time(Examples(("x",), ("y",), lambda rng, batch, ticks: (0, 0))).ticks == 20


def test_what_falls_while_networks_train_falls_at_its_share_of_the_steps() -> None:
    recipe = Recipe(
        ticks=5,
        steps=100,
        learning_rate=0.5,
        rate_drops=((0.2, 0.5), (0.6, 0.1)),
        intensity=30.0,
        intensity_drops=((0.5, 0.5),),
    )
    paces = [recipe.pace(step, 10) for step in (0, 19, 20, 59, 60, 99)]
    assert [pace.rate for pace in paces] == [0.5, 0.5, 0.25, 0.25, 0.05, 0.05]
    assert [pace.step[0] for pace in paces] == [3.0, 3.0, 3.0, 1.5, 1.5, 1.5]
    assert replace(recipe, ticks=0).pace(0, 10).step[0] == 0.0


def recipe_of(path: Path, *words: str, **chosen: object) -> Recipe:
    """The recipe for a task, with --set WORDS."""
    task = load_task(path)
    settings = Settings(changes=parse_changes(words), **chosen)  # type: ignore[arg-type]
    return recipe_for(task, source_of(task), settings)


@pytest.fixture
def counter(tmp_path: Path) -> Path:
    path = tmp_path / "counter.py"
    path.write_text(
        "inputs, outputs, start = ['x'], ['y'], 0\n"
        "def step(n, x):\n    return (n + x) % 5, n == 0\n"
    )
    return path


def test_a_small_machine_is_learned_from_its_table_unless_sequences_are_asked_for(
    counter: Path,
) -> None:
    assert recipe_of(counter) == Recipe()
    asked = recipe_of(counter, "hidden=4", "factors=(0.2,)", "steps=7")
    assert asked == Recipe(hidden=4, factors=(0.2,), steps=7)
    machine = source_of(load_task(counter))
    assert recipe_of(counter, recipe="article") == through_time(machine)
    assert recipe_of(counter, "steps=10", recipe="article").steps == 10
    assert recipe_of(counter, "ticks=3").ticks == 3


@pytest.mark.skipif(not opencl_devices(), reason="growth takes long without OpenCL")
def test_a_network_is_of_the_recipe_that_was_asked_for(counter: Path, bonsaic: Any) -> None:
    words = ["train", counter, "--set", "steps=20", "--set", "replicas=4", "--set", "batch=8"]
    cells = []
    for more in (["--set", "hidden=0", "--set", "generations=1"], ["--recipe", "article"]):
        code, out, _ = bonsaic(*words, *more)
        assert code == 0
        cells.append(json.loads(out)["cells"][0])
    assert "state_levels" in cells[0]
    assert "state_levels" not in cells[1]


def test_a_budget_is_spent_to_its_end_unless_the_user_says_otherwise(counter: Path) -> None:
    first = recipe_of(counter, budget=3.0)
    assert first.generations == first.patience == first.effort == FOREVER
    assert recipe_of(counter, "generations=2", budget=3.0).generations == 2


def test_a_task_changes_the_table_too(counter: Path) -> None:
    counter.write_text(counter.read_text() + "growth = {'hidden': 6, 'levels': False}\n")
    assert recipe_of(counter) == Recipe(hidden=6, levels=False)
    assert recipe_of(counter, "hidden=2") == Recipe(hidden=2, levels=False)


@pytest.mark.parametrize(
    ("states", "inputs"), [(MOST_STATES + 1, 1), (MOST_ROWS // 256 + 1, 8), (300, 4)]
)
def test_a_large_machine_has_no_table(tmp_path: Path, states: int, inputs: int) -> None:
    path, names = tmp_path / "large.py", [f"x{place}" for place in range(inputs)]
    path.write_text(
        f"inputs, outputs, start = {names}, ['y'], 0\n"
        f"def step(n, *x):\n    return (n + x[0]) % {states}, n == 0\n"
    )
    assert recipe_of(path).ticks


def test_every_number_can_be_set() -> None:
    changes = {
        "replicas": 3,
        "populations": 2,
        "hidden": 0,
        "batch": 5,
        "steps": 6,
        "enough": 0,
        "learning_rate": 1,
        "factors": [0, 1],
        "leak": 0,
        "levels": False,
        "prunings": 0,
        "pruning_steps": 7,
        "pruning_rate": 0.5,
        "pulls": [0, 0.5],
        "generations": 1,
        "patience": 2,
        "effort": 3,
        "smallest": "states",
        "ticks": 9,
        "states": 3,
        "intensity": 1,
        "threshold": 0.5,
        "steepness": 4,
        "rate_drops": [[0.5, 0.1]],
        "intensity_drops": [],
    }
    recipe = override(Recipe(), changes, "here")
    assert tuple(changes) == tuple(field.name for field in fields(Recipe))
    pairs = {
        "factors": (0.0, 1.0),
        "pulls": (0.0, 0.5),
        "rate_drops": ((0.5, 0.1),),
        "intensity_drops": (),
    }
    assert recipe == Recipe(**{**changes, **pairs})  # type: ignore[arg-type]
    assert isinstance(recipe.effort, float)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"hiden": 4}, "did you mean 'hidden'"),
        ({"factros": 4}, "did you mean 'factors'"),
        ({"hidden": -1}, "hidden is -1; it must be a whole number from 0 to 1024"),
        ({"hidden": 1025}, "a whole number from 0 to 1024"),
        ({"hidden": 2.0}, "a whole number"),
        ({"generations": 0}, "a whole number from 1"),
        ({"patience": None}, "a whole number from 1"),
        ({"effort": -1}, "a number from 0"),
        ({"effort": "all"}, "a number from 0"),
        ({"enough": 2}, "a number from 0 to 1"),
        ({"levels": 1}, "levels is 1; it must be True or False"),
        ({"factors": 0.2}, "some numbers from 0 to 1"),
        ({"factors": ()}, "some numbers from 0 to 1"),
        ({"factors": (2,)}, "some numbers from 0 to 1"),
        ({"factors": (0.2, "1")}, "some numbers from 0 to 1"),
        ({"factors": (float("nan"),)}, "some numbers from 0 to 1"),
        ({"factors": (True,)}, "some numbers from 0 to 1"),
        ({"ticks": 0}, "a whole number from 1"),
        ({"steps": True}, "a whole number"),
        ({"zzz": 10}, "known are replicas"),
        ({"cells": ((3, 2),)}, "the recipe has no 'cells'"),
        ({"leak": "much"}, "a number from 0"),
        ({"leak": float("nan")}, "a number from 0"),
        ({"rate_drops": ((2, 0.5),)}, "share of the steps"),
        ({"rate_drops": ((1, 0.5, 3),)}, "pairs of"),
    ],
)
def test_a_bad_override_is_one_line(changes: dict[str, object], fault: str) -> None:
    with pytest.raises(BonsaiError) as caught:
        override(Recipe(), changes, "tasks/here.py: growth")
    assert str(caught.value).startswith("tasks/here.py: growth: ")
    assert fault in str(caught.value)
    assert "\n" not in str(caught.value)
