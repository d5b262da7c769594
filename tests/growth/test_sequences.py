"""Sequences: legal, faithful to the machine, repeatable; and those to evaluate on."""

from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from machines import delay2, loop3, modulo3, stack, tabulate

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.growth.sequences import (
    EVALUATED,
    FEW_SEQUENCES,
    MOST_EVALUATED,
    Examples,
    SequenceLessons,
    all_sequences,
    draw_sequences,
    followed,
)
from bonsai_compiler.growth.table import Table
from bonsai_compiler.schedule.settings import source_of
from bonsai_compiler.specification.machine import Machine, minimized
from bonsai_compiler.specification.task_file import read_task


def follow(machine: Machine, x: np.ndarray, y: np.ndarray) -> set[tuple[int, int]]:
    """Assert that each sequence is a legal walk with the machine's outputs; return the pairs."""
    seen = set()
    for inputs, outputs in zip(x, y, strict=True):
        state = 0
        for bits, wanted in zip(inputs, outputs, strict=True):
            letter = int("".join("1" if bit > 0 else "0" for bit in bits) or "0", 2)
            if state < 0 or not machine.legal[state, letter]:
                assert not wanted.any()
                state = -1
                continue
            assert (wanted == machine.output[state, letter]).all()
            seen.add((state, letter))
            state = machine.successor[state, letter]
    return seen


@pytest.mark.parametrize("make", [delay2, loop3, modulo3, stack])
def test_walks_are_legal_and_see_every_transition(make: object) -> None:
    machine = make()  # type: ignore[operator]
    x, y = draw_sequences(machine, np.random.default_rng(0), 64, 40, {})
    assert x.shape == (64, 40, len(machine.inputs))
    assert y.shape == (64, 40, 1)
    assert set(np.unique(x)) <= {-1.0, 1.0}
    assert len(follow(machine, x, y)) == machine.legal.sum()


def test_the_same_seed_draws_the_same() -> None:
    one, other = (draw_sequences(stack(), np.random.default_rng(5), 16, 20, {}) for _ in range(2))
    for first, second in zip(one, other, strict=True):
        assert (first == second).all()


def test_chance_is_how_often_an_input_is_true() -> None:
    machine = tabulate(lambda state, a, b: (a, b), False, 2)
    x, _ = draw_sequences(machine, np.random.default_rng(0), 500, 20, {"x0": 0.1})
    assert abs((x[..., 0] > 0).mean() - 0.1) < 0.02
    assert abs((x[..., 1] > 0).mean() - 0.5) < 0.05


def test_a_walk_that_ends_asks_for_nothing_more() -> None:
    machine = tabulate(lambda n, x: (n + 1, x), 0, 1, legal=lambda n, x: n < 3)
    x, y = draw_sequences(machine, np.random.default_rng(0), 8, 6, {})
    follow(machine, x, y)
    assert y[:, :3].all()
    assert not y[:, 3:].any()


def test_past_the_horizon_nothing_is_asked() -> None:
    machine = Machine(
        ("x",),
        ("y",),
        np.array([[1, 1], [-1, -1]], np.int32),
        np.ones((2, 2, 1), np.int8),
        np.ones((2, 2), bool),
        horizon=2,
    )
    _, y = draw_sequences(machine, np.random.default_rng(0), 8, 4, {})
    assert y[:, :2].all()
    assert not y[:, 2:].any()


def test_outputs_that_may_be_anything_stay_open() -> None:
    machine = tabulate(lambda state, x: (x, None if x else state), False, 1)
    x, y = draw_sequences(machine, np.random.default_rng(0), 8, 10, {})
    assert ((y[..., 0] == 0) == (x[..., 0] > 0)).all()


def test_examples_are_checked() -> None:
    def right(rng: np.random.Generator, batch: int, ticks: int) -> tuple[np.ndarray, np.ndarray]:
        x = rng.choice([-1, 1], (batch, ticks, 1))
        return x, -x

    rng = np.random.default_rng(0)
    x, y = draw_sequences(Examples(("x",), ("y",), right), rng, 4, 5, {})
    assert (x == -y).all()
    assert x.dtype == np.float32
    for wrong, fault in [
        (lambda rng, batch, ticks: (np.ones((batch, ticks)), 0), "gives x of shape"),
        (lambda rng, batch, ticks: (np.zeros((batch, ticks, 1)),) * 2, "other than -1 and 1"),
    ]:
        with pytest.raises(BonsaiError, match=fault):
            draw_sequences(Examples(("x",), ("y",), wrong), rng, 4, 5, {})


def careful_counter() -> Machine:
    """Count to two, and be asked at each tick whether the count is even."""
    return tabulate(lambda n, x: (n + x, n % 2 == 0), 0, 1, legal=lambda n, x: not x or n < 2)


def drawn(machine: Machine, ticks: int, seed: int = 0) -> Table:
    """What judges networks that were trained on sequences of so many ticks."""
    lessons = SequenceLessons(machine, ticks, {}, 9)
    return lessons.judging(np.random.default_rng(seed))


def runs_of(table: Table) -> tuple[np.ndarray, np.ndarray]:
    """Inputs and outputs, (runs, ticks, ...)."""
    return tuple(part.reshape(table.runs, table.ticks, -1) for part in (table.x, table.y))


def test_all_sequences_judge_up_to_a_horizon_and_fresh_ones_elsewhere() -> None:
    counter = careful_counter()
    x, y = runs_of(drawn(replace(counter, horizon=4), 32))
    assert sorted(map(tuple, x[..., 0] > 0)) == sorted(product((False, True), repeat=4))
    for sequence, answers in zip(x[..., 0] > 0, y[..., 0], strict=True):
        before = np.cumsum(sequence) - sequence
        legal = (before + sequence <= 2).cumprod()
        assert (answers == np.where(before % 2 == 0, 1, -1) * legal).all()
    many = drawn(replace(counter, horizon=20), 8)
    assert (many.runs, many.ticks) == (MOST_EVALUATED, 20)
    endless = drawn(counter, 8)
    assert (endless.runs, endless.ticks) == (EVALUATED, 24)


def test_lessons_are_fresh_and_each_step_has_its_own() -> None:
    lessons = SequenceLessons(delay2(), 7, {}, 0)
    rng = np.random.default_rng(0)
    table, order = lessons.drawn(3, 5, rng)
    assert (table.runs, table.ticks, table.states) == (15, 7, 1)
    assert sorted(order.ravel()) == list(range(15))
    assert order.shape == (3, 5)
    assert not table.before.any()
    assert (table.after == -1).all()
    follow(delay2(), *runs_of(table))
    assert not np.array_equal(lessons.drawn(3, 5, rng)[0].x, table.x)


def test_many_sequences_are_drawn_anew() -> None:
    many, endless = replace(delay2(), horizon=20), delay2()
    assert not np.array_equal(drawn(many, 8).x, drawn(many, 8, seed=1).x)
    assert np.array_equal(drawn(endless, 8).x, drawn(endless, 8, seed=1).x)


def test_few_sequences_are_counted_by_letters_and_ticks() -> None:
    ticking = tabulate(lambda n: ((n + 1) % 3, n == 0), 0, 0)
    assert np.array_equal(all_sequences(replace(ticking, horizon=100)), np.zeros((1, 100)))
    most = FEW_SEQUENCES.bit_length() - 1
    assert len(all_sequences(replace(delay2(), horizon=most))) == FEW_SEQUENCES
    assert all_sequences(replace(delay2(), horizon=most + 1)) is None
    assert all_sequences(delay2()) is None


def test_drawn_sequences_are_those_of_their_letters() -> None:
    """A digit in three bits and a bool: 12 letters of four bits, of which 12^6 sequences."""
    task = read_task(
        b"""
inputs = {"digit": range(6), "flag": bool}
outputs, start, horizon = ("y",), 0, 6
encoding = {"digit": "binary"}
def step(total, digit, flag):
    total = (total + digit + flag) % 5
    return total, total > 2
""",
        Path("sums.py"),
    )
    machine = minimized(source_of(task))
    table = drawn(machine, 8)
    assert all_sequences(machine) is None
    letters = machine.input_signals.letter(table.x > 0)
    assert set(np.unique(letters)) == set(range(12))
    x, y = followed(machine, letters.reshape(table.runs, table.ticks))
    for found, wanted in zip(runs_of(table), (x, y), strict=True):
        assert np.array_equal(found, wanted)
