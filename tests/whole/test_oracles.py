"""Tasks, and the programs grown for them, do what is said of them in other words.

`--results` names a folder, such as `bonsaic bench` fills, whose proved programs are tried.
"""

import json
from pathlib import Path

import pytest
from oracles import LAWS, ORACLES
from oracles.histories import SOME, disagreements, mistakes, sequences

from bonsai_compiler.bench.suites import find_suite
from bonsai_compiler.specification.machine import tabulate
from bonsai_compiler.specification.task_file import load_task

SUITES = ("article", "dfsm", "mips_bits", "mips_ints", "textbook", "tomita")
PATHS = {path.stem: path for suite in SUITES for path in find_suite(suite).tasks}
MINIMAL = {"dfsm": [2, 3, 3, 2, 1, 2, 3, 2, 4, 4], "tomita": [2, 3, 5, 4, 4, 3, 5, 5]}


@pytest.mark.parametrize("name", PATHS)
def test_a_task_does_what_is_said_of_it(name: str) -> None:
    task = load_task(PATHS[name])
    some = SOME if PATHS[name].parent.name in ("tasks", "dfsm", "mips_bits", "tomita") else 1000
    assert mistakes(task, ORACLES[name], sequences(task, some)) == []


@pytest.mark.parametrize("name", LAWS)
def test_what_is_legal_is_said_again(name: str) -> None:
    assert disagreements(load_task(PATHS[name]), LAWS[name]) == []


def test_all_are_stated_again() -> None:
    assert set(PATHS) == set(ORACLES)
    assert set(LAWS) == {name for name, path in PATHS.items() if "\ndef legal(" in path.read_text()}


def test_a_program_that_is_wrong_is_found_out(tmp_path: Path) -> None:
    path = tmp_path / "delay2.py"
    path.write_text(PATHS["delay1"].read_text())
    task = load_task(PATHS["delay2"])
    assert (1, 0) in mistakes(load_task(path), ORACLES["delay2"], sequences(task))


@pytest.mark.parametrize("suite", MINIMAL)
def test_minimal_machines_have_the_published_numbers_of_states(suite: str) -> None:
    tasks = [load_task(path) for path in find_suite(suite).tasks]
    assert [tabulate(task).minimal_size for task in tasks] == MINIMAL[suite]


def test_programs_do_what_is_said_of_their_tasks(results: Path) -> None:
    paths = [path for path in results.rglob("*.py") if path.parent.name == path.stem in ORACLES]
    proved = [path for path in paths if verdict(path.with_name("report.json")) == "proved"]
    assert proved
    for path in proved:
        tried = sequences(load_task(PATHS[path.stem]))
        assert mistakes(load_task(path), ORACLES[path.stem], tried) == [], path


def verdict(report: Path) -> str:
    """Return the verdict on a result; of the gallery's there is no report, and all are proved."""
    return json.loads(report.read_text())["verdict"] if report.exists() else "proved"
