"""Climbing: budgets, counterexamples that teach, and what is returned when no rung succeeds."""

import json
from pathlib import Path
from typing import Any

import pytest
from machines import tabulate as from_step

from bonsai_compiler import workflow
from bonsai_compiler.climbing import ladder
from bonsai_compiler.climbing.budget import Budget, budget_for
from bonsai_compiler.climbing.checkpoint import Checkpoint, keeper
from bonsai_compiler.climbing.ladder import climb
from bonsai_compiler.climbing.settings import Settings
from bonsai_compiler.growth import default_recipes, override
from bonsai_compiler.proof.behaviour import MachineBehaviour
from bonsai_compiler.specification.machine import tabulate
from bonsai_compiler.specification.task_file import load_task
from bonsai_compiler.subject import subject_of_task

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
    assert budget.limit(hopeful=False) == 50.0
    assert budget.limit(hopeful=True) == 100.0


def test_the_default_budget_fits_the_machine_and_a_users_is_never_overdrawn() -> None:
    small = budget_for(counter_of(5), Settings())
    large = budget_for(counter_of(64), Settings())
    assert small.seconds < large.seconds
    chosen = budget_for(counter_of(64), Settings(budget=5.0))
    assert chosen.limit(hopeful=True) == chosen.limit(hopeful=False) == 5.0


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
    first, second, *_ = default_recipes(tabulate(task))
    hopeless = override(first, {**HOPELESS, "ticks": 2}, "test")
    monkeypatch.setattr(ladder, "recipes", lambda *_: (hopeless, second))
    judge = subject_of_task(task).judge
    choice, grown = climb(task, judge, Settings(), keeper(tmp_path / "x.growth", {}))
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
    recipe = default_recipes(counter_of(5))[0]
    longer = ladder._with_lessons(recipe, Checkpoint(lessons=((0,) * 40, (1,))))
    assert longer.ticks == 40
    assert ladder._with_lessons(recipe, Checkpoint()).ticks == recipe.ticks


def counter_of(states: int) -> Any:
    return from_step(lambda n, x: ((n + x) % states, n == 0), 0, 1)
