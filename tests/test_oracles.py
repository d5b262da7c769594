"""Tasks do what is said of them in other words."""

from pathlib import Path

import pytest
from oracles import LAWS, ORACLES
from oracles.histories import disagreements, mistakes, sequences

from bonsai_compiler.bench.suites import find_suite
from bonsai_compiler.machine import tabulate
from bonsai_compiler.task_file import load_task

SUITES = ("article", "dfsm", "mips_bits", "textbook", "tomita")
PATHS = {path.stem: path for suite in SUITES for path in find_suite(suite).tasks}
MINIMAL = {"dfsm": [2, 3, 3, 2, 1, 2, 3, 2, 4, 4], "tomita": [2, 3, 5, 4, 4, 3, 5]}


@pytest.mark.parametrize("name", PATHS)
def test_a_task_does_what_is_said_of_it(name: str) -> None:
    task = load_task(PATHS[name])
    assert mistakes(task, ORACLES[name], sequences(task)) == []


@pytest.mark.parametrize("name", LAWS)
def test_what_is_legal_is_said_again(name: str) -> None:
    assert disagreements(load_task(PATHS[name]), LAWS[name]) == []


def test_all_are_stated_again() -> None:
    assert set(PATHS) == set(ORACLES)
    assert set(LAWS) == {name for name, path in PATHS.items() if load_task(path).legal}


def test_a_program_that_is_wrong_is_found_out(tmp_path: Path) -> None:
    path = tmp_path / "delay2.py"
    path.write_text(PATHS["delay1"].read_text())
    task = load_task(PATHS["delay2"])
    assert (1, 0) in mistakes(load_task(path), ORACLES["delay2"], sequences(task))


@pytest.mark.parametrize("suite", MINIMAL)
def test_minimal_machines_have_the_published_numbers_of_states(suite: str) -> None:
    tasks = [load_task(path) for path in find_suite(suite).tasks]
    assert [tabulate(task).minimal_size for task in tasks] == MINIMAL[suite]
