"""Climbing: budgets, counterexamples that teach, and what is returned when no rung succeeds."""

import json
from pathlib import Path
from typing import Any

import pytest

from bonsai_compiler import ladder, workflow
from bonsai_compiler.behaviour import MachineBehaviour
from bonsai_compiler.build import subject_of_task
from bonsai_compiler.checkpoint import Checkpoint, keeper
from bonsai_compiler.growth import default_recipes
from bonsai_compiler.ladder import Budget, climb
from bonsai_compiler.machine import tabulate
from bonsai_compiler.settings import Settings
from bonsai_compiler.task_file import load_task

COUNTER = """
inputs, outputs, start = ["x"], ["y"], 0
def step(n, x):
    n = (n + x) % 5
    return n, n == 0
"""
HOPELESS = {"replicas": 4, "steps": 20, "round_steps": 10, "batch": 8, "cells": ((2, 1),)}


@pytest.fixture
def counter(tmp_path: Path) -> Path:
    path = tmp_path / "counter.py"
    path.write_text(COUNTER)
    return path


def test_a_default_budget_is_overdrawn_only_in_hope() -> None:
    budget = Budget(50.0, 2.0)
    assert not budget.over(49.0, hopeful=False)
    assert budget.over(51.0, hopeful=False)
    assert not budget.over(99.0, hopeful=True)
    assert budget.over(101.0, hopeful=True)
    assert Budget(5.0, 1.0).over(5.0, hopeful=True)


def test_a_struck_budget_is_reported_and_the_nearest_network_written(
    counter: Path, tmp_path: Path
) -> None:
    changes = {**HOPELESS, "steps": 10_000_000}
    result = workflow.train_and_compile(counter, tmp_path, Settings(changes=changes, budget=1.0))
    report = json.loads((result.folder / "report.json").read_text())
    assert report["budget"] == {"seconds": 1.0, "struck": True}
    assert report["verdict"] == "refuted"
    assert report["rung"] is None
    assert len(report["rungs"]) == 1
    assert report["rungs"][0]["steps"] < 10_000_000
    assert (result.folder / "growth.svg").exists()
    assert not (tmp_path / "counter.growth").exists()


def test_counterexamples_are_lessons_for_the_next_rung(
    counter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the first rung's networks got wrong is taught on the second, at its full length."""
    task = load_task(counter)
    taught: list[Any] = []
    grow_population = ladder.grow_population

    def recording(*arguments: Any) -> Any:
        taught.append((arguments[2], arguments[-1]))
        return grow_population(*arguments)

    monkeypatch.setattr(ladder, "grow_population", recording)
    settings = Settings(changes={**HOPELESS, "ticks": 2, "leak": 0.1})
    two = (*default_recipes(tabulate(task))[:1], default_recipes(tabulate(task))[1])
    monkeypatch.setattr(
        ladder,
        "recipes",
        lambda *_: tuple(workflow.recipes(task, tabulate(task), settings)[:1]) + two[1:],
    )
    judge = subject_of_task(task).judge
    choice, grown = climb(task, judge, settings, keeper(tmp_path / "x.growth", {}))
    (_, none), (recipe, lessons) = taught[:2]
    assert not none
    assert lessons
    assert recipe.ticks >= max(map(len, lessons))
    machine = MachineBehaviour(tabulate(task)).machine
    assert all(0 <= letter < machine.legal.shape[1] for lesson in lessons for letter in lesson)
    assert choice.settled
    assert grown.rung == 2
    assert [rung.settled > 0 for rung in grown.rungs] == [False, True]


def test_a_long_lesson_lengthens_the_sequences() -> None:
    recipe = default_recipes(tabulate_counter())[0]
    longer = ladder._with_lessons(recipe, Checkpoint(lessons=((0,) * 40, (1,))))
    assert longer.ticks == 40
    assert ladder._with_lessons(recipe, Checkpoint()).ticks == recipe.ticks


def tabulate_counter() -> Any:
    from machines import tabulate as from_step

    return from_step(lambda n, x: ((n + x) % 5, n == 0), 0, 1)
