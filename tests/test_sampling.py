"""Training sequences: legal, faithful to the machine, repeatable, and seeing all of it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from machines import delay2, loop3, modulo3, stack, tabulate
from strategies import machines

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.specification.machine import Machine
from bonsai_compiler.specification.machine import tabulate as tabulated
from bonsai_compiler.specification.task import Task
from bonsai_compiler.training.excursions import excursions
from bonsai_compiler.training.sampling import Examples, draw_sequences
from bonsai_compiler.training.tours import even_policies, visits


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


def lock() -> Machine:
    """Opens after eight times True in a row: coins alone open it once in 256 tries."""
    return tabulate(lambda n, x: (n + 1 if x and n < 7 else 0, x and n == 7), 0, 1)


def test_a_rare_pair_is_seen_about_as_often_as_others() -> None:
    machine = lock()
    counts = np.zeros((machine.size, 2))
    x, _ = draw_sequences(machine, np.random.default_rng(0), 400, 40, {})
    for sequence in x[..., 0] > 0:
        state = 0
        for letter in sequence.astype(int):
            counts[state, letter] += 1
            state = machine.successor[state, letter]
    shares = counts / counts.sum()
    assert shares.min() > 0.2 / shares.size
    coin = visits(machine, np.full((8, 2), 0.5), 40) / 40
    assert coin.min() < 0.05 / shares.size


@given(machines())
def test_policies_are_chances_and_more_even_than_a_coin(task: Task) -> None:
    machine = tabulated(task)
    policies, shares = even_policies(machine, 12)
    assert np.isclose(shares.sum(), 1.0)
    assert (policies[:, ~machine.legal] == 0).all()
    assert np.allclose(policies.sum(2)[:, machine.legal.any(1)], 1.0)

    def evenness(share: np.ndarray) -> float:
        seen = sum(
            part * visits(machine, policy, 12) for part, policy in zip(share, policies, strict=True)
        )
        return float(np.log(seen[machine.legal] + 1e-3).sum())

    assert evenness(shares) >= evenness(np.eye(len(shares))[0]) - 1e-9


def test_lessons_are_walked() -> None:
    machine = lock()
    lesson = (1,) * 7 + (0, 1, 1)
    x, y = draw_sequences(machine, np.random.default_rng(0), 400, 12, {"x0": 0.5}, (lesson,))
    follow(machine, x, y)
    whole = ((x[:, :10, 0] > 0) == np.array(lesson)).all(1)
    parts = ((x[:, :7, 0] > 0) == np.array(lesson[:7])).all(1)
    assert 20 < whole.sum() < 100
    assert parts.sum() > whole.sum()


@given(machines(), st.integers(1, 6))
def test_excursions_follow_the_machine_from_every_state(task: Task, length: int) -> None:
    machine = tabulated(task)
    pairs = int(machine.legal.sum())
    drawn = excursions(machine, np.random.default_rng(0), 2 * pairs, 6, length, {})
    first = set()
    for x, y, places in zip(*drawn, strict=True):
        assert not y[length:].any()
        assert (places[length + 1 :] == -1).all()
        for tick in range(length):
            state = places[tick]
            if state < 0:
                assert not y[tick].any()
                continue
            letter = int("".join("1" if bit > 0 else "0" for bit in x[tick]) or "0", 2)
            assert machine.legal[state, letter] or not y[tick].any()
            if machine.legal[state, letter]:
                assert (y[tick] == machine.output[state, letter]).all()
                assert places[tick + 1] == machine.successor[state, letter]
            if tick == 0:
                first.add((int(state), letter))
    assert len(first) == pairs


def test_free_excursions_ask_for_no_state_and_walks_begin_at_the_start() -> None:
    machine = stack()
    rng = np.random.default_rng(0)
    drawn = excursions(machine, rng, 8, 6, 4, {})
    walks = draw_sequences(machine, rng, 2, 4, {})
    mixed = drawn.freed().with_walks(*walks, np.array([1, 5]))
    assert (mixed.places[:, 1:] == -1).all()
    assert (mixed.places[[1, 5], 0] == 0).all()
    assert (mixed.x[[1, 5], :4] == walks[0]).all()
    assert not mixed.y[:, 4:].any()
    assert (drawn.places[:, 1] >= 0).any()


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
