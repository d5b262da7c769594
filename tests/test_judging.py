"""Sequences that judge: all of them up to a horizon, and what they teach."""

from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
from machines import delay2, tabulate

from bonsai_compiler.schedule.settings import source_of
from bonsai_compiler.specification.machine import Machine, minimized
from bonsai_compiler.specification.task_file import read_task
from bonsai_compiler.training.judging import (
    ADDED,
    JUDGED_BATCH,
    JUDGED_TICKS,
    KEPT,
    PART,
    PART_OUTPUTS,
    Judging,
    followed,
    judging,
)
from bonsai_compiler.training.sampling import (
    FEW_SEQUENCES,
    NOTHING_MISSED,
    Missed,
    all_sequences,
)


def careful_counter() -> Machine:
    """Count to two, and be asked at each tick whether the count is even."""
    return tabulate(lambda n, x: (n + x, n % 2 == 0), 0, 1, legal=lambda n, x: not x or n < 2)


def drawn(machine: Machine, ticks: int, missed: Missed = NOTHING_MISSED, seed: int = 0) -> Judging:
    """What judges networks that were trained on sequences of so many ticks."""
    judges = judging(machine, np.random.default_rng(9), ticks, {})
    return judges(missed, np.random.default_rng(seed))


def test_all_sequences_judge_up_to_a_horizon_and_fresh_ones_elsewhere() -> None:
    counter = careful_counter()
    few = drawn(replace(counter, horizon=4), 32)
    assert sorted(map(tuple, few.x[..., 0] > 0)) == sorted(product((False, True), repeat=4))
    for sequence, answers in zip(few.x[..., 0] > 0, few.y[..., 0], strict=True):
        before = np.cumsum(sequence) - sequence
        legal = (before + sequence <= 2).cumprod()
        assert (answers == np.where(before % 2 == 0, 1, -1) * legal).all()
    many = drawn(replace(counter, horizon=20), 8)
    assert many.x.shape == (JUDGED_TICKS // 20, 20, 1)
    long = drawn(replace(counter, horizon=2000), 8)
    assert long.x.shape == (JUDGED_BATCH, 2000, 1)
    assert long.size == PART_OUTPUTS // 2000
    assert np.array_equal(many.letters, many.x[..., 0] > 0)
    endless = drawn(counter, 8)
    assert endless.x.shape == (JUDGED_BATCH, 24, 1)
    assert endless.letters is None


def test_many_sequences_are_drawn_anew_beside_those_that_were_missed() -> None:
    many, endless = replace(delay2(), horizon=20), delay2()
    first, other = drawn(many, 8), drawn(many, 8, seed=1)
    assert not np.array_equal(first.letters, other.letters)
    assert np.array_equal(drawn(endless, 8).x, drawn(endless, 8, seed=1).x)
    known = other.letters[:300]
    both = drawn(many, 8, known)
    assert np.array_equal(both.letters, np.concatenate([first.letters, known]))
    assert np.array_equal(both.y, np.concatenate([first.y, other.y[:300]]))
    # For another size the device's program would be made again.
    assert both.size == first.size == PART


def test_few_sequences_are_counted_by_letters_and_ticks() -> None:
    ticking = tabulate(lambda n: ((n + 1) % 3, n == 0), 0, 0)
    assert np.array_equal(all_sequences(replace(ticking, horizon=100)), np.zeros((1, 100)))
    most = FEW_SEQUENCES.bit_length() - 1
    assert len(all_sequences(replace(delay2(), horizon=most))) == FEW_SEQUENCES
    assert all_sequences(replace(delay2(), horizon=most + 1)) is None
    assert all_sequences(delay2()) is None


def told_by(networks: list) -> object:
    """Outputs of a population of functions from x (n, ticks, inputs) to (n, ticks, outputs)."""
    asked: list[int] = []

    def outputs(x: np.ndarray) -> np.ndarray:
        asked.append(len(x))
        return np.stack([network(x) for network in networks])

    outputs.asked = asked
    return outputs


def test_parts_count_each_sequence_once() -> None:
    count = 2 * PART + 7
    x = np.random.default_rng(1).choice([-1.0, 1.0], (count, 3, 1)).astype(np.float32)
    letters = (x[..., 0] > 0).astype(np.int64)
    judge = Judging(x, x.copy(), PART, letters)
    outputs = told_by([lambda x: x, lambda x: -x, lambda x: np.abs(x), lambda x: x * np.nan])
    mistakes, missed = judge.judged(outputs, NOTHING_MISSED, np.random.default_rng(0))
    assert outputs.asked == [PART] * 3
    assert mistakes.tolist() == [0.0, 1.0, (x < 0).mean(), 1.0]
    # Only the best of the four is among the better ones, and it missed nothing.
    assert len(missed) == 0


def test_what_the_better_networks_missed_is_kept_in_mind() -> None:
    x = np.ones((10, 2, 1), np.float32)
    x[3], x[7] = -1.0, -1.0
    letters = np.arange(20).reshape(10, 2)
    judge = Judging(x, x.copy(), 10, letters)
    outputs = told_by([lambda x: np.abs(x), lambda x: -np.abs(x)])
    mistakes, missed = judge.judged(outputs, np.array([[5, 5]]), np.random.default_rng(0))
    assert np.allclose(mistakes, [0.2, 0.8])
    assert missed[0].tolist() == [5, 5]
    assert sorted(missed[1:].tolist()) == [[6, 7], [14, 15]]


def test_only_so_much_is_kept_in_mind_the_latest_last() -> None:
    x = np.ones((PART, 1, 1), np.float32)
    x[:9] = -1.0
    judge = Judging(x, x.copy(), PART, np.arange(PART)[:, None])
    rng, missed = np.random.default_rng(0), NOTHING_MISSED
    for _ in range(KEPT // ADDED + 2):
        _, missed = judge.judged(told_by([lambda x: -np.abs(x)]), missed, rng)
    assert missed.min() >= 9
    _, missed = judge.judged(told_by([np.abs]), missed, rng)
    assert len(missed) == KEPT
    assert sorted(missed[-9:, 0]) == list(range(9))


def test_sequences_without_a_horizon_teach_nothing() -> None:
    x = np.ones((4, 1, 1), np.float32)
    judge = Judging(x, x.copy(), 4)
    mistakes, missed = judge.judged(
        told_by([lambda x: -x]), NOTHING_MISSED, np.random.default_rng()
    )
    assert mistakes == [1.0]
    assert len(missed) == 0


def test_drawn_sequences_teach_the_letters_that_they_are_of() -> None:
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
    judge = drawn(machine, 8)
    assert all_sequences(machine) is None
    assert set(np.unique(judge.letters)) == set(range(12))
    x, y = followed(machine, judge.letters)
    assert np.array_equal(x, judge.x)
    assert np.array_equal(y, judge.y)
