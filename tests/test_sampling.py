"""Training sequences: legal, faithful to the machine, repeatable, and seeing all of it."""

import numpy as np
import pytest
from machines import delay2, loop3, modulo3, stack, tabulate

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.specification.machine import Machine
from bonsai_compiler.training.sampling import Examples, draw_sequences


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
