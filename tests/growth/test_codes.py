"""Laws of codes: they tell states apart, stay small, and a name fits them however turned."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bonsai_compiler.growth.codes import (
    FEW,
    MOST_BITS,
    MOST_LEVELS,
    MOST_SPARE,
    Code,
    bred,
    corners,
    distinct,
    draw,
    fewest_bits,
    gray,
    is_code,
    levels,
    members,
    name_of,
    one_hot,
    random_corners,
    thermometer,
    unary,
)
from bonsai_compiler.growth.evaluation import MARGIN, bounds_of

counts = st.integers(1, 40)
seeds = st.integers(0, 10_000)


@st.composite
def states_of_a_task(draw):
    """Values of a task's own states, all different: numbers, or tuples of up to three members."""
    member = st.integers(-3, 9) | st.booleans() | st.sampled_from(["a", "b", "c", None])
    value = draw(
        st.sampled_from([st.integers(-50, 50), st.tuples(member, st.integers(0, 2), member)])
    )
    return draw(st.lists(value, min_size=1, max_size=24, unique_by=repr))


@st.composite
def codes(draw):
    """Codes of mixed columns: corners, levels, and those that say nothing."""
    states = draw(st.integers(1, 9))
    rng = np.random.default_rng(draw(seeds))
    columns = [
        levels(rng.permutation(states), states)
        if draw(st.booleans())
        else np.where(rng.random((states, 1)) < 0.5, 1.0, -1.0)
        for _ in range(draw(st.integers(0, 5)))
    ]
    return np.concatenate([np.zeros((states, 0)), *columns], axis=1).astype(np.float32)


def apart(code: Code) -> bool:
    return len(set(map(tuple, code.tolist()))) == len(code)


@given(states_of_a_task(), st.booleans(), seeds)
def test_codes_that_are_drawn_tell_states_apart_and_are_small(values, spaced, seed):
    rng = np.random.default_rng(seed)
    parts = members(values)
    own = sum(max(part.count - 1, 1) for part in parts)
    fewest = fewest_bits(len(values))
    for _ in range(8):
        code = draw(len(values), parts, rng, spaced=spaced)
        assert code.dtype == np.float32
        assert len(code) == len(values)
        assert apart(code)
        assert is_code(code)
        assert np.abs(code).max(initial=0.0) <= 1.0
        # What a task's own states are made of may be wider, where a column can be of levels.
        assert code.shape[1] <= max(fewest + MOST_SPARE, (own + fewest) * spaced)
        assert spaced or (np.abs(code) == 1.0).all()
        for column in code.T:
            steps = np.diff(np.unique(column))
            assert len(steps) < MOST_LEVELS
            assert np.allclose(steps, steps[:1], atol=1e-6)


@given(counts, seeds)
def test_codes_that_are_bred_tell_states_apart_and_are_small(states, seed):
    rng = np.random.default_rng(seed)
    parents = [draw(states, (), rng, spaced=True) for _ in range(2)]
    for _ in range(20):
        child = bred(parents[0], parents[1], rng)
        assert child.dtype == np.float32
        assert child.shape[0] == states
        assert apart(child)
        assert child.shape[1] <= fewest_bits(states) + MOST_SPARE + 1
        assert np.abs(child).max(initial=0.0) <= 1.0
        parents = [child, parents[0]]


@given(seeds)
def test_breeding_leaves_the_parents_as_they_are(seed):
    rng = np.random.default_rng(seed)
    parents = [draw(6, (), rng, spaced=True) for _ in range(2)]
    kept = [parent.copy() for parent in parents]
    bred(parents[0], parents[1], rng)
    assert all(np.array_equal(*pair) for pair in zip(parents, kept, strict=True))


@given(codes(), seeds)
def test_distinct_keeps_what_varies_and_adds_no_more_than_it_needs(code, seed):
    found = distinct(code, np.random.default_rng(seed))
    assert apart(found)
    varied = [column.tolist() for column in code.T if len(set(column.tolist())) > 1]
    assert found[:, : len(varied)].T.tolist() == varied
    groups = [code.tolist().count(row) for row in code.tolist()]
    assert found.shape[1] == len(varied) + fewest_bits(max(groups))


@given(st.lists(st.integers(-5, 5) | st.booleans() | st.floats(-2, 2), min_size=1, max_size=20))
def test_numbers_are_ranked_by_size(values):
    (part,) = members(values)
    ranks = part.ranks
    assert part.numeric
    assert sorted(set(ranks.tolist())) == list(range(len(set(values))))
    for one, first in zip(values, ranks, strict=True):
        for other, second in zip(values, ranks, strict=True):
            assert (one < other) == (first < second)


def test_members_are_those_of_tuples_however_deep_and_all_else_comes_as_met():
    values = [(("b", 5), True), (("a", 7), False), (("b", -1), True)]
    assert [part.ranks.tolist() for part in members(values)] == [[0, 1, 0], [1, 2, 0], [1, 0, 1]]
    assert [part.ranks.tolist() for part in members([(1,), (1, 2), (1,)])] == [[0, 1, 0]]
    assert [part.ranks.tolist() for part in members([None, 3, "3"])] == [[0, 1, 2]]
    assert [part.numeric for part in members([(1, "a"), (2, "b")])] == [True, False]
    assert members([(), ()]) == []


@given(st.integers(1, 40))
def test_named_ways_to_number(count):
    numbers = np.arange(count)
    bits = fewest_bits(count)
    assert count <= 2**bits < 2 * max(count, 1)
    assert apart(corners(numbers, bits))
    assert all((one != other).sum() == 1 for one, other in pairwise(gray(numbers, bits)))
    assert (one_hot(numbers, count) > 0).sum(1).tolist() == [0] * (count > 0) + [1] * (count - 1)
    assert (thermometer(numbers, count) > 0).sum(1).tolist() == list(range(count))
    column = levels(numbers, count)[:, 0]
    assert (column[0], column[-1]) == (-1.0, 1.0 if count > 1 else -1.0)
    assert apart(random_corners(count, bits, np.random.default_rng(count)))


@given(codes(), seeds)
def test_a_name_knows_neither_the_order_nor_the_signs_of_bits(code, seed):
    rng = np.random.default_rng(seed)
    signs = rng.choice([-1.0, 1.0], (1, code.shape[1])).astype(np.float32)
    order = rng.permutation(code.shape[1])
    assert name_of((code * signs)[:, order]) == name_of(code)
    assert name_of(code + np.float32(0.0)) == name_of(code)


@given(codes(), codes())
def test_a_name_stands_for_one_code_up_to_order_and_signs(one, other):
    def form(code):
        ways = [(column.tolist(), (-column).tolist()) for column in code.T]
        return sorted(max([value + 0.0 for value in way] for way in both) for both in ways)

    if one.shape == other.shape:
        assert (name_of(one) == name_of(other)) == (form(one) == form(other))


@given(st.lists(codes(), min_size=1, max_size=3))
def test_bounds_are_the_middles_between_the_levels_of_a_column(several):
    states, bits = several[0].shape
    stacked = np.stack([code for code in several if code.shape == (states, bits)])
    lows, highs = bounds_of(stacked)
    assert lows.shape == highs.shape == stacked.shape
    for replica, code in enumerate(stacked.astype(np.float64)):
        for bit in range(bits):
            ladder = sorted(set(code[:, bit].tolist()))
            for state in range(states):
                place = ladder.index(code[state, bit])
                low, high = -np.inf, np.inf
                if place > 0:
                    low = (ladder[place - 1] + ladder[place]) / 2 + MARGIN
                if place < len(ladder) - 1:
                    high = (ladder[place] + ladder[place + 1]) / 2 - MARGIN
                assert lows[replica, state, bit] == low
                assert highs[replica, state, bit] == high


@given(values=states_of_a_task())
def test_unary_codes_have_a_bit_for_each_value_and_tell_states_apart(values):
    parts = members(values)
    counts = [part.count for part in parts]
    codes = unary(parts)
    most = max((part.count for part in parts if part.numeric), default=0)
    bits = sum(count - 1 for count in counts)
    assert bool(codes) == (FEW < most <= MOST_LEVELS and bits <= MOST_BITS)
    for code in codes:
        assert code.shape == (len(values), bits)
        assert (np.abs(code) == 1.0).all()
        assert apart(code)


def test_names_of_many_values_make_no_code_of_a_bit_for_each():
    assert not unary(members([(number % 5, f"name {number}") for number in range(500)]))
    assert unary(members([(number % 5, f"name {number}") for number in range(60)]))
