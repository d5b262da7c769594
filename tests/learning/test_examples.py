"""Tasks of examples: learned as a machine where a small one explains them, else by sequences."""

import json
from pathlib import Path

import pytest

from bonsai_compiler.driver.target import explained
from bonsai_compiler.learning.examples import learned_from_examples
from bonsai_compiler.learning.merging import merged
from bonsai_compiler.schedule.settings import Settings
from bonsai_compiler.specification.machine import minimized, tabulate
from bonsai_compiler.specification.task import Task
from bonsai_compiler.specification.task_file import load_task

LATCH = """import numpy as np

inputs, outputs = ("s", "r"), {"q": ("low", "high")}


def examples(rng, batch, ticks):
    x = rng.choice([-1, 1], (batch, ticks, 2))
    x[..., 1][x[..., 0] > 0] = -1
    held, y = np.zeros(batch), np.zeros((batch, ticks, 1))
    for tick in range(ticks):
        held = np.where(x[:, tick, 0] > 0, 1, np.where(x[:, tick, 1] > 0, 0, held))
        y[:, tick, 0] = held
    return x, y
"""
COUNTER = """import numpy as np

inputs, outputs = ("x",), ("y",)


def examples(rng, batch, ticks):
    x = rng.choice([-1, 1], (batch, ticks, 1))
    return x, np.where(np.cumsum(x > 0, axis=1) % SIZE == 0, 1, -1)
"""
FORGOTTEN = LATCH.replace("return x, y", "return x, np.where(rng.random(y.shape) < 0.5, np.nan, y)")


def written(folder: Path, text: str) -> Task:
    path = folder / "task.py"
    path.write_text(text)
    return load_task(path)


@pytest.mark.parametrize(
    ("text", "states"), [(LATCH, 2), (FORGOTTEN, 2), (COUNTER.replace("SIZE", "7"), 7)]
)
def test_a_small_machine_that_explains_examples_is_found(tmp_path, text, states):
    learned = learned_from_examples(written(tmp_path, text), 0)
    assert learned is not None
    assert minimized(tabulate(learned)).size == states
    assert learned.basis is not None
    assert learned.basis.aside == "0 of 2,112 fresh sequences disagree"


def test_letters_that_never_come_are_illegal(tmp_path):
    learned = learned_from_examples(written(tmp_path, LATCH), 0)
    assert learned is not None
    both = learned.input_signals.alphabet.all(axis=1)
    assert (tabulate(learned).legal == ~both).all()


@pytest.mark.parametrize(
    "text",
    [
        COUNTER.replace("SIZE", "200"),
        LATCH.replace("return x, y", "return x, np.abs(y - (rng.random(y.shape) < 0.1))"),
    ],
)
def test_what_no_small_machine_explains_stays_examples(tmp_path, text):
    assert learned_from_examples(written(tmp_path, text), 0) is None


def test_the_verdict_is_about_the_machine_that_was_learned(tmp_path, bonsaic):
    (tmp_path / "latch.py").write_text(LATCH)
    options = ("--set", "generations=1", "--set", "replicas=64")
    code, out, err = bonsaic("train-and-compile", tmp_path / "latch.py", "-o", tmp_path, *options)
    assert code == 0
    assert "equal to the machine learned from 256 sequences of examples" in out + err
    report = json.loads((tmp_path / "latch" / "report.json").read_text())
    assert report["verdict"] == "proved"
    assert "state merging" in report["basis"]["how"][0]


def test_the_article_learns_from_sequences(tmp_path):
    task = written(tmp_path, LATCH)
    assert explained(task, Settings(recipe="article")) is task
    assert explained(task, Settings()).has_step


def test_merging_tells_nothing_where_nothing_was_told():
    table = merged([(("a", "b", "a"), ("", "1", "")), (("b",), ("1",))], 0.0)
    assert table[0]["b"][0] == "1"
    assert table[0]["a"][0] == ""
