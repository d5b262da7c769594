"""A black box is asked for its machine, and then is a task whose basis that is."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from strategies import machines
from strategies import task_of as task_of_table

import bonsai_compiler as bonsai
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.learning import boxes
from bonsai_compiler.learning.boxes import learned_task
from bonsai_compiler.specification.machine import minimized, tabulate
from bonsai_compiler.specification.table import task_of_machine
from bonsai_compiler.specification.task_file import as_task

TABLES = ("successor", "output", "legal")


def same(one, other):
    return all(np.array_equal(getattr(one, table), getattr(other, table)) for table in TABLES)


class Asked:
    """A machine behind a class that only answers."""

    def __init__(self, machine):
        self.inputs, self.outputs = machine.inputs, machine.outputs
        self.successor = machine.successor.tolist()
        self.said = [[tuple(map(bool, row)) for row in rows] for rows in (machine.output > 0)]

    def reset(self):
        self.state = 0

    def step(self, *bits):
        letter = sum(bit << place for place, bit in enumerate(reversed(bits)))
        said = self.said[self.state][letter]
        self.state = self.successor[self.state][letter]
        return said if len(said) > 1 else said[0]


@pytest.fixture(scope="module")
def soon():
    """Makes trials few: these machines have four states at most."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(boxes, "LONG", 4)
        patch.setattr(boxes, "WALKS", 8)
        yield


@settings(max_examples=20)
@given(machines(partial=False))
def test_the_machine_behind_a_class_that_only_answers_is_found(soon, task):
    machine = minimized(tabulate(task))
    learned = learned_task(as_task(Asked(machine)))
    assert not learned.is_box
    assert learned.basis.machine.startswith("the machine learned by ")
    assert same(tabulate(learned), machine)


@given(machines())
def test_a_machine_is_the_task_of_its_table(task):
    machine = tabulate(task)
    table = task_of_machine(machine, task.path, task.name)
    assert same(tabulate(table), machine)
    assert table.state(0) == 0


class Third:
    """y is True on every third x."""

    inputs, outputs = ("x",), ("y",)

    def reset(self):
        self.count = 0

    def step(self, x):
        self.count = (self.count + x) % 3
        return self.count == 0


def test_it_goes_wherever_a_task_goes():
    drawing = bonsai.machine(Third)
    assert drawing.machine.size == 3
    assert "learned by " in drawing.text()
    assert "nothing is said of the black box itself" in drawing.text()
    step = {
        (count, (x,)): ((count + x) % 3, (count + x) % 3 == 0)
        for count in range(3)
        for x in (False, True)
    }
    verdict = bonsai.check(task_of_table(step, 1, 1), Third)
    assert verdict.kind == "proved"
    said = verdict.describe(drawing.machine.input_signals, drawing.machine.output_signals)
    assert said.startswith("proved: equal to the machine learned by ")
    assert said.endswith("; nothing is said of the black box itself")


class Fading:
    """Whether a sum that fades is large: it has no small machine."""

    inputs, outputs = ("x",), ("y",)

    def reset(self):
        self.sum = 0.0

    def step(self, x):
        self.sum = 0.9 * self.sum + (0.1 if x else -0.1)
        return self.sum > 0.3


class Forgetful(Third):
    """One that a reset does not reset, on every 50th word."""

    resets = 0

    def reset(self):
        Forgetful.resets += 1
        self.count = int(Forgetful.resets % 50 == 0)


@pytest.mark.parametrize(
    ("box", "most", "said"),
    [
        (Fading, {"MOST_STATES": 4}, "no small machine was found by .* leaves the last one, of"),
        (Fading, {"MOST_SECONDS": -1.0}, "no small machine was found by 0 questions"),
        (Forgetful, {}, "answers differently"),
    ],
)
def test_what_cannot_be_learned_is_refused_in_one_line(box, most, said, monkeypatch):
    for name, value in most.items():
        monkeypatch.setattr(boxes, name, value)
    with pytest.raises(BonsaiError, match=said) as caught:
        bonsai.machine(box)
    assert str(caught.value).isprintable()


def test_a_box_that_is_no_task_is_not_taken_for_one():
    box = as_task(Third)
    assert learned_task(replace(box, is_box=False, has_step=True)).basis is None
