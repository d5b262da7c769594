"""A cover answers as its machine does, up to the horizon."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import machines

from bonsai_compiler.specification.cover import cover
from bonsai_compiler.specification.machine import Machine, tabulate
from bonsai_compiler.specification.task_file import load_task


def answers(machine: Machine, letters: tuple[int, ...]) -> list[object]:
    """Return what a machine says to each letter, up to the first that may not come."""
    said: list[object] = []
    state = 0
    for letter in letters:
        if not machine.legal[state, letter]:
            return [*said, "illegal"]
        said.append(machine.output[state, letter].tolist())
        state = machine.successor[state, letter]
    return said


@given(machines(), st.integers(1, 5))
def test_up_to_the_horizon_nothing_changes(task, horizon):
    machine = tabulate(replace(task, horizon=horizon))
    covered = cover(machine)
    assert covered.size <= machine.size
    assert covered.horizon == horizon
    for letters in product(range(machine.legal.shape[1]), repeat=horizon):
        assert answers(covered, letters) == answers(machine, letters)


@pytest.mark.parametrize(
    ("name", "states"), [("majority_0_1", 11), ("balanced_parenthesis", 7), ("bit_palindrome", 94)]
)
def test_what_cannot_be_told_apart_in_time_is_one(tasks, name, states):
    machine = tabulate(load_task(tasks / "mips_bits" / f"{name}.py"))
    assert cover(machine).size == states < machine.minimal_size


def test_without_a_horizon_a_machine_covers_itself(tasks):
    machine = tabulate(load_task(tasks / "delay2.py"))
    assert cover(machine) is machine


def test_a_counter_far_past_its_horizon_is_short():
    # Counts to 1,000; within five ticks it cannot tell that from counting for ever.
    successor = np.minimum(np.arange(1000)[:, None] + 1, 999).astype(np.int32)
    output = np.where(np.arange(1000) == 999, 1, -1).astype(np.int8)[:, None, None]
    machine = Machine((), ("y",), successor, output, np.ones((1000, 1), bool), 5)
    assert cover(machine).size == 1
