"""Recipes: defaults that fit the machine, overrides that are checked."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from machines import delay1, delay2, loop3, modulo3, stack, tabulate

from bonsai_compiler.devices.opencl import opencl_devices
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.growth.recipe import MOST_ROWS, MOST_STATES, TableRecipe
from bonsai_compiler.schedule.settings import FOREVER, Settings, parse_changes, recipes, source_of
from bonsai_compiler.specification.machine import Machine
from bonsai_compiler.specification.task_file import load_task
from bonsai_compiler.training.overrides import names_of, override
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


def recipes_for(path: Path, *words: str, **chosen: object) -> tuple[Recipe | TableRecipe, ...]:
    """The recipes for a task, with --set WORDS."""
    task = load_task(path)
    settings = Settings(changes=parse_changes(words), **chosen)  # type: ignore[arg-type]
    return recipes(task, source_of(task), settings)


@pytest.fixture
def counter(tmp_path: Path) -> Path:
    path = tmp_path / "counter.py"
    path.write_text(
        "inputs, outputs, start = ['x'], ['y'], 0\n"
        "def step(n, x):\n    return (n + x) % 5, n == 0\n"
    )
    return path


def test_the_table_comes_first_and_the_articles_own_way_leaves_it_out(counter: Path) -> None:
    first, *rest = recipes_for(counter)
    assert first == TableRecipe()
    assert rest
    assert all(isinstance(recipe, Recipe) for recipe in rest)
    assert recipes_for(counter, recipe="article") == tuple(rest)
    assert recipes_for(counter, "steps=10", recipe="article")[0].steps == 10


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


def test_what_a_change_is_of_decides_whether_there_is_a_table(counter: Path) -> None:
    first, second, *_ = recipes_for(counter, "hidden=4", "factors=(0.2,)", "steps=7")
    assert first == TableRecipe(hidden=4, factors=(0.2,), steps=7)
    assert isinstance(second, Recipe)
    assert second.steps == 7
    assert all(isinstance(recipe, Recipe) for recipe in recipes_for(counter, "cells=((3, 2),)"))
    assert all(isinstance(recipe, Recipe) for recipe in recipes_for(counter, "hidden=4", "ticks=2"))


def test_a_budget_is_spent_to_its_end_unless_the_user_says_otherwise(counter: Path) -> None:
    first = recipes_for(counter, budget=3.0)[0]
    assert isinstance(first, TableRecipe)
    assert first.generations == first.patience == first.effort == FOREVER
    assert recipes_for(counter, "generations=2", budget=3.0)[0].generations == 2  # type: ignore[union-attr]


def test_a_task_changes_the_table_too(counter: Path) -> None:
    counter.write_text(counter.read_text() + "growth = {'hidden': 6, 'levels': False}\n")
    assert recipes_for(counter)[0] == TableRecipe(hidden=6, levels=False)
    assert recipes_for(counter, "hidden=2")[0] == TableRecipe(hidden=2, levels=False)


@pytest.mark.parametrize(
    ("states", "inputs"), [(MOST_STATES + 1, 1), (MOST_ROWS // 256 + 1, 8), (300, 4)]
)
def test_a_large_machine_has_no_table(tmp_path: Path, states: int, inputs: int) -> None:
    path, names = tmp_path / "large.py", [f"x{place}" for place in range(inputs)]
    path.write_text(
        f"inputs, outputs, start = {names}, ['y'], 0\n"
        f"def step(n, *x):\n    return (n + x[0]) % {states}, n == 0\n"
    )
    assert all(isinstance(recipe, Recipe) for recipe in recipes_for(path))


def test_every_number_of_a_table_recipe_can_be_set() -> None:
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
    }
    recipe = override(TableRecipe(), changes, "here")
    assert tuple(changes) == names_of(TableRecipe)
    pairs = {"factors": (0.0, 1.0), "pulls": (0.0, 0.5)}
    assert recipe == TableRecipe(**{**changes, **pairs})  # type: ignore[arg-type]
    assert isinstance(recipe.effort, float)


def test_what_only_the_other_kind_has_changes_nothing() -> None:
    assert override(TableRecipe(), {"cells": ((3, 2),), "ticks": 3}, "here") == TableRecipe()
    assert override(Recipe(), {"hidden": 2, "factors": (0.5,)}, "here") == Recipe()


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
        # Of the other kind, and wrong all the same.
        ({"cells": ()}, "pairs of"),
        ({"ticks": 0}, "a whole number from 1"),
    ],
)
def test_a_bad_override_of_a_table_is_one_line(changes: dict[str, object], fault: str) -> None:
    for recipe in (TableRecipe(), Recipe()):
        with pytest.raises(BonsaiError) as caught:
            override(recipe, changes, "--set")
        assert str(caught.value).startswith("--set: ")
        assert fault in str(caught.value)
        assert "\n" not in str(caught.value)
