"""What `bench targets` says of results: which are right, and that one which is not is caught."""

import json
from pathlib import Path

import pytest

from bonsai_compiler.bench.rows import Results, Row, save_results
from bonsai_compiler.bench.targets import measure, texts
from bonsai_compiler.bench.targets.trial import first_fault, trial_of
from bonsai_compiler.ir.text import load
from bonsai_compiler.specification.task_file import load_task

TASK = '''\
"""y is the input from two ticks ago; only the first six ticks are asked for."""

inputs = ("x",)
outputs = ("y",)
start = (False, False)
horizon = 6


def step(state, x):
    older, newer = state
    return (newer, x), older


def legal(state, x):
    return not all((*state, x))
'''
DELAY = """\
graph two (logic)
input  x in {False, True}
state  s0 = False then x
state  s1 = False then s0
output y = s1
"""


@pytest.fixture
def results(tmp_path, monkeypatch):
    """A folder as `bench` fills it, of a suite of one task."""
    monkeypatch.chdir(tmp_path)
    Path("suite").mkdir()
    Path("suite/two.py").write_text(TASK)
    place = Path("results/seed-0/two")
    (place / "steps").mkdir(parents=True)
    (place / "steps/00-lift.bonsai").write_text(DELAY)
    (place / "report.json").write_text(json.dumps({"task": "two", "verdict": "proved"}))
    row = Row("two", 0, "proved", 6, 1.0, 0, 0, 2, 4, 9, "")
    save_results(Path("results/results.json"), Results("suite", "any", (row,)))
    return Path("results")


def only(monkeypatch, *names):
    monkeypatch.setattr(measure, "CHECKS", {name: measure.CHECKS[name] for name in names})


def test_a_right_result_has_no_faults(bonsaic, results, monkeypatch):
    only(monkeypatch, "btor2", "kiss2")
    code, said, _ = bonsaic("bench", "targets", str(results))
    assert code == 0
    assert "| suite | two |" in said
    assert "| 0 / 2 |" in said
    assert "1 results, 0 with faults; tried: btor2, kiss2" in said


def test_a_target_that_does_otherwise_is_told_of(bonsaic, results, monkeypatch):
    only(monkeypatch, "btor2", "kiss2")
    right = texts.emit

    def wrong(graph, to):
        return right(load(DELAY.replace("then s0", "then x")) if to == "btor2" else graph, to)

    monkeypatch.setattr(texts, "emit", wrong)
    code, said, _ = bonsaic("bench", "targets", str(results))
    assert code == 1
    assert "btor2: word 2 is wrong at tick 2 |" in said
    assert "kiss2:" not in said


def test_words_pass_every_transition_up_to_the_horizon_and_stay_legal(results):
    trial = trial_of(load(DELAY), load_task(Path("suite/two.py")))
    assert max(len(word.bits) for word in trial.words) == 6
    for word in trial.words:
        bits = [False, False, *word.bits[:, 0].tolist()]
        assert not any(all(bits[place : place + 3]) for place in range(len(bits) - 2))
    prefixes = {tuple(word.bits[:n, 0].tolist()) for word in trial.words for n in range(1, 7)}
    assert {(True, True, False), (False, True, True), (False, False)} <= prefixes
    assert first_fault(trial, [word.wanted > 0 for word in trial.words]) is None


def test_a_folder_that_holds_no_results_is_one_line(bonsaic, tmp_path):
    code, _, said = bonsaic("bench", "targets", str(tmp_path))
    assert code == 2
    assert "holds no results.json; give a folder that 'bonsaic bench SUITE' has filled" in said
