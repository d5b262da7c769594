"""Searches: budgets, what is chosen, and what is returned when nothing succeeds."""

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
from bonsai_compiler.equivalence.system import MachineSystem
from bonsai_compiler.growth.recipe import Recipe, through_time
from bonsai_compiler.ir.activation import Activation
from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.networks.lift import lift
from bonsai_compiler.networks.network import Cell, Dense, Network
from bonsai_compiler.oracle.oracle import SpecificationOracle
from bonsai_compiler.passes.manager import Manager
from bonsai_compiler.schedule import populations
from bonsai_compiler.schedule.budget import budget_for
from bonsai_compiler.schedule.checkpoint import Checkpoint, Keeper, parse
from bonsai_compiler.schedule.selection import choose
from bonsai_compiler.schedule.settings import Settings
from bonsai_compiler.system.deadline import Deadline

COUNTER = """
inputs, outputs, start = ["x"], ["y"], 0
def step(n, x):
    n = (n + x) % 5
    return n, n == 0
"""
HOPELESS = {"replicas": 4, "steps": 20, "batch": 8, "hidden": 2, "ticks": 2}


@pytest.fixture
def counter(tmp_path: Path) -> Path:
    path = tmp_path / "counter.py"
    path.write_text(COUNTER)
    return path


def test_a_default_budget_is_overdrawn_only_in_hope() -> None:
    budget = budget_for(counter_of(5), Settings(), Recipe())
    assert budget.limit(hopeful=False) == budget.seconds == 50.0
    assert budget.limit(hopeful=True) == 100.0


def test_the_default_budget_fits_the_machine_and_a_users_is_never_overdrawn() -> None:
    small = budget_for(counter_of(5), Settings(), Recipe())
    large = budget_for(counter_of(64), Settings(), Recipe())
    assert small.seconds < large.seconds
    assert small.clock is large.clock is time.process_time
    sequences = budget_for(counter_of(5), Settings(), through_time(counter_of(5)))
    assert sequences.seconds == 2 * small.seconds
    chosen = budget_for(counter_of(64), Settings(budget=5.0), Recipe())
    assert chosen.limit(hopeful=True) == chosen.limit(hopeful=False) < 5.0
    assert chosen.clock is time.monotonic


def test_what_is_left_of_a_budget_is_there_to_compile_and_never_nothing() -> None:
    now = 7.0
    budget = replace(budget_for(counter_of(5), Settings(budget=10.0), Recipe()), clock=lambda: now)
    assert budget.deadline(0.0).at == 17.0
    assert budget.deadline(6.0).at == 11.0
    assert budget.deadline(99.0).at == 9.0


def test_a_struck_budget_is_reported_and_can_be_gone_on_from(
    counter: Path, tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The nearest network is written; with more time growth goes on where it stood."""
    changes = {**HOPELESS, "steps": 10_000_000, "enough": 1.0}
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
    assert why.startswith("it ended since its budget of 1 s was over: 0 of 4")
    assert following.startswith(f"to go on from there: bonsaic train-and-compile {counter}")
    assert following.endswith("--resume --budget 4")
    kept = parse((tmp_path / "counter.growth").read_bytes())[1]
    assert kept.ended
    seen: list[int] = []

    class Stopping(Keeper):
        def keep(self, checkpoint: Checkpoint) -> None:
            super().keep(checkpoint)
            seen.append(checkpoint.stage.total.steps if checkpoint.stage else 0)
            if len(set(seen)) == 3:
                raise KeyboardInterrupt

    monkeypatch.setattr(workflow, "keeper", lambda *given: Stopping(*given, time.monotonic))
    with pytest.raises(KeyboardInterrupt):
        workflow.train_and_compile(counter, tmp_path, Settings(changes=changes, resume=True))
    reached = kept.stage.total.steps if kept.stage else 0
    assert reached == seen[0] < seen[-1]
    assert not parse((tmp_path / "counter.growth").read_bytes())[1].ended


def test_where_all_was_done_another_seed_is_advised(counter: Path, tmp_path: Path) -> None:
    settings = Settings(seed=4, changes=HOPELESS, recipe="article", smallest="states")
    result = workflow.train_and_compile(counter, tmp_path, settings)
    why, following = result.advice
    assert why.startswith("it ended as all was done that its recipe says: 0 of 8 replicas learned")
    assert "--seed 5" in following
    assert "--recipe article --smallest states" in following
    assert "--set hidden=2" in following
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


def test_what_settles_is_chosen_before_what_does_not() -> None:
    bad = Network(1, 1, (NEVER_SETTLES,), (Dense(np.ones((1, 1)), np.zeros(1)),))
    machine = from_step(lambda before, x: (x, before), False, 1)
    manager = Manager(SpecificationOracle(MachineSystem(machine)))

    def lifted(network: Network) -> Graph:
        return lift(network, "delay1", ("x",), ("y",))

    choice = choose([bad, bad, DELAY1], [0, 1, 2], lifted, manager)
    assert (choice.number, choice.settled, choice.tried) == (2, 1, 3)
    assert not choice.cut
    choice = choose([DELAY1, bad], [0, 1], lifted, manager)
    assert (choice.number, choice.settled) == (0, 1)


def test_past_the_deadline_nothing_more_is_tried() -> None:
    machine = from_step(lambda before, x: (x, before), False, 1)
    manager = Manager(SpecificationOracle(MachineSystem(machine)))
    over = Deadline(0.0, lambda: 1.0)

    def lifted(network: Network) -> Graph:
        return lift(network, "delay1", ("x",), ("y",))

    choice = choose([DELAY1, DELAY1], [0, 1], lifted, manager, over)
    assert choice.cut
    assert (choice.tried, choice.settled) == (1, 0)
    assert choice.compiled.graph == lifted(DELAY1)


def test_the_sparsest_that_learned_are_promising() -> None:
    weights = np.array([10, 11, 60, 50, 9])
    mistakes = np.array([0, 0, 0, 0, 0.5])
    population = SimpleNamespace(weights=weights, mistakes=mistakes)
    assert populations.promising(population) == [0, 1, 3, 2]  # type: ignore[arg-type]


def counter_of(states: int) -> Any:
    return from_step(lambda n, x: ((n + x) % states, n == 0), 0, 1)
