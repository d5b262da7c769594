"""Attempt after attempt: budgets, and what is returned when none succeeds."""

import json
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from article import DELAY1
from machines import tabulate as from_step

from bonsai_compiler.driver import workflow
from bonsai_compiler.driver.target import target_of_task
from bonsai_compiler.equivalence.system import MachineSystem
from bonsai_compiler.growth.recipe import TableRecipe
from bonsai_compiler.ir.activation import Activation
from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.networks.lift import lift
from bonsai_compiler.networks.network import Cell, Dense, Network
from bonsai_compiler.oracle.oracle import SpecificationOracle
from bonsai_compiler.passes.manager import Manager
from bonsai_compiler.schedule import attempts, populations, selection
from bonsai_compiler.schedule.attempts import find_network
from bonsai_compiler.schedule.budget import budget_for
from bonsai_compiler.schedule.checkpoint import keeper, parse
from bonsai_compiler.schedule.selection import choose
from bonsai_compiler.schedule.settings import Settings, source_of
from bonsai_compiler.specification.machine import tabulate
from bonsai_compiler.specification.task_file import load_task
from bonsai_compiler.system.deadline import Deadline
from bonsai_compiler.training import Progress, default_recipes, override

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
    budget = budget_for(counter_of(5), Settings())
    assert budget.limit(hopeful=False) == budget.seconds == 50.0
    assert budget.limit(hopeful=True) == 100.0


def test_the_default_budget_fits_the_machine_and_a_users_is_never_overdrawn() -> None:
    small = budget_for(counter_of(5), Settings())
    large = budget_for(counter_of(64), Settings())
    assert small.seconds < large.seconds
    assert small.clock is large.clock is time.process_time
    chosen = budget_for(counter_of(64), Settings(budget=5.0))
    assert chosen.limit(hopeful=True) == chosen.limit(hopeful=False) < 5.0
    assert chosen.clock is time.monotonic


def test_what_is_left_of_a_budget_is_there_to_compile_and_never_nothing() -> None:
    now = 7.0
    budget = replace(budget_for(counter_of(5), Settings(budget=10.0)), clock=lambda: now)
    assert budget.deadline(0.0).at == 17.0
    assert budget.deadline(6.0).at == 11.0
    assert budget.deadline(99.0).at == 9.0


def test_a_struck_budget_is_reported_and_can_be_gone_on_from(
    counter: Path, tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The nearest network is written; with more time growth goes on where it stood."""
    changes = {**HOPELESS, "steps": 10_000_000}
    settings = Settings(changes=changes, budget=1.0)
    result = workflow.train_and_compile(counter, tmp_path, settings)
    report = json.loads((result.folder / "report.json").read_text())
    assert report["budget"] == {"seconds": 1.0, "struck": True}
    assert report["verdict"] == "refuted"
    assert report["rung"] is None
    assert len(report["rungs"]) == 1
    assert report["rungs"][0]["steps"] < 10_000_000
    assert "the budget ended the search" in capsys.readouterr().err
    why, following = result.advice
    assert why.startswith("it ended on attempt 1 of 2 since its budget of 1 s was over: 0 of 4")
    assert following.startswith(f"to go on from there: bonsaic train-and-compile {counter}")
    assert following.endswith("--resume --budget 4")
    kept = parse((tmp_path / "counter.growth").read_bytes())[1]
    assert kept.ended
    assert not kept.attempts
    seen: list[int] = []

    as_rows = attempts.as_rows

    def stop(attempt: int, progress: Progress, before: Any) -> Any:
        seen.append(progress.row.step)
        if len(seen) == 3:
            raise KeyboardInterrupt
        return as_rows(attempt, progress, before)

    monkeypatch.setattr(attempts, "as_rows", stop)
    with pytest.raises(KeyboardInterrupt):
        workflow.train_and_compile(counter, tmp_path, Settings(changes=changes, resume=True))
    reached = kept.stage.steps if kept.stage else 0
    assert reached < seen[0] < seen[1] < seen[2]
    assert not parse((tmp_path / "counter.growth").read_bytes())[1].ended


def test_where_all_attempts_were_made_another_seed_is_advised(
    counter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *_ = default_recipes(tabulate(load_task(counter)))
    hopeless = override(first, {**HOPELESS, "ticks": 2}, "test")
    monkeypatch.setattr(attempts, "recipes", lambda *_: (hopeless,))
    settings = Settings(seed=4, changes=HOPELESS, recipe="article", smallest="states")
    result = workflow.train_and_compile(counter, tmp_path, settings)
    why, following = result.advice
    assert why.startswith(
        "it ended as all 1 attempts were made; on the last 0 of 4 replicas learned"
    )
    assert "--seed 5" in following
    assert "--recipe article --smallest states" in following
    assert "--set 'cells=((2, 1),)'" in following
    assert not (tmp_path / "counter.growth").exists()


def test_the_command_says_the_advice_and_not_the_floats(counter: Path, bonsaic: Any) -> None:
    words = [word for name, value in HOPELESS.items() for word in ("--set", f"{name}={value!r}")]
    code, out, _ = bonsaic("train-and-compile", counter, *words, "--budget", "1")
    assert code == 1
    verdict, why, following = out.splitlines()
    assert verdict.startswith("counter: nothing was learned; the best network so far is refuted at")
    assert why.startswith("it ended")
    assert following.startswith("to ")


NEVER_SETTLES = Cell(
    np.array([[1.0], [1.0]]),
    np.zeros(1),
    np.array([[0.1], [0.9]]),
    np.zeros(1),
    np.zeros(1),
    Activation("linear"),
    Activation("linear"),
)


def test_where_no_pruned_network_settles_one_from_before_is_tried() -> None:
    good = DELAY1
    bad = Network(1, 1, (NEVER_SETTLES,), (Dense(np.ones((1, 1)), np.zeros(1)),))
    machine = from_step(lambda before, x: (x, before), False, 1)
    manager = Manager(SpecificationOracle(MachineSystem(machine)))

    def lifted(network: Network) -> Graph:
        return lift(network, "delay1", ("x",), ("y",))

    choice = choose([bad, bad, good], [0], [1, 2], lifted, manager)
    assert (choice.number, choice.settled, choice.tried) == (2, 1, 3)
    assert not choice.cut
    choice = choose([good, bad], [0, 1], [1], lifted, manager)
    assert (choice.number, choice.settled) == (0, 1)


def test_past_the_deadline_nothing_more_is_tried() -> None:
    machine = from_step(lambda before, x: (x, before), False, 1)
    manager = Manager(SpecificationOracle(MachineSystem(machine)))
    over = Deadline(0.0, lambda: 1.0)

    def lifted(network: Network) -> Graph:
        return lift(network, "delay1", ("x",), ("y",))

    choice = choose([DELAY1, DELAY1], [0, 1], [], lifted, manager, over)
    assert choice.cut
    assert (choice.tried, choice.settled) == (1, 0)
    assert choice.compiled.graph == lifted(DELAY1)


def test_less_pruned_networks_stand_well_apart() -> None:
    weights = np.array([10, 11, 60, 50, 11, 13, 16, 17, 99])
    mistakes = np.array([0, 0, 0, 0, 0, 0, 0, 0, 0.5])
    population = SimpleNamespace(weights=weights, mistakes=mistakes, earlier=4)
    assert populations.promising(population) == [0, 1, 3, 2]  # type: ignore[arg-type]
    chosen = populations.less_pruned(population)  # type: ignore[arg-type]
    assert weights[chosen].tolist() == [13, 16, 50, 60]


def test_where_an_attempt_learns_nothing_the_next_is_taken(
    counter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = load_task(counter)
    first, *_ = default_recipes(tabulate(task))
    hopeless = override(first, {**HOPELESS, "ticks": 2}, "test")
    monkeypatch.setattr(attempts, "recipes", lambda *_: (hopeless, TableRecipe(generations=1)))
    for name in ("EFFORT", "LARGE"):  # so that few networks are compiled
        monkeypatch.setattr(selection, name, 0)
    oracle = target_of_task(task).oracle
    found = find_network(
        task, source_of(task), oracle, Settings(), keeper(tmp_path / "x.growth", {})
    )
    assert found.choice.settled
    assert found.grown.attempt == 2
    assert [attempt.settled > 0 for attempt in found.grown.attempts] == [False, True]


def counter_of(states: int) -> Any:
    return from_step(lambda n, x: ((n + x) % states, n == 0), 0, 1)
