import subprocess
import sys
from functools import cache
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bonsai_compiler.logic.two_level import DASH, EXACT, minimum_cover


def holds(cube, row):
    return all(side in (DASH, value) for side, value in zip(cube, row, strict=True))


def literals(cube):
    return sum(side != DASH for side in cube)


def cheapest(values):
    """The fewest products and, with so many, the fewest literals, by trying all cubes."""
    rows = list(product((0, 1), repeat=values.ndim))
    cubes = [
        cube
        for cube in product((0, 1, DASH), repeat=values.ndim)
        if not any(values[row] == 0 and holds(cube, row) for row in rows)
    ]

    @cache
    def least(left):
        if not left:
            return 0, 0
        options = []
        for cube in cubes:
            if holds(cube, min(left)):
                products, words = least(frozenset(row for row in left if not holds(cube, row)))
                options.append((products + 1, words + literals(cube)))
        return min(options)

    return least(frozenset(row for row in rows if values[row] == 1))


@st.composite
def tables(draw, least, most, free=True):
    width = draw(st.integers(least, most))
    seed, share = draw(st.integers(0, 2**32 - 1)), draw(st.sampled_from([0.1, 0.5, 0.9]))
    unknown = draw(st.sampled_from([0.0, 0.3, 0.6])) if free else 0.0
    chances = [(1 - unknown) * (1 - share), (1 - unknown) * share, unknown]
    rng = np.random.default_rng(seed)
    return rng.choice([0, 1, -1], p=chances, size=(2,) * width).astype(np.int8)


def check_cover(values):
    """Every true row is held, no false one, no cube can go and none can be wider."""
    cover = minimum_cover(values)
    rows = list(product((0, 1), repeat=values.ndim))
    true = [row for row in rows if values[row] == 1]
    false = np.argwhere(values == 0)
    held = {row: [cube for cube in cover if holds(cube, row)] for row in true}
    assert all(held.values())
    needed = {cubes[0] for cubes in held.values() if len(cubes) == 1}
    assert needed == set(cover)
    for cube in cover:
        assert not any(holds(cube, row) for row in false)
        for place in (place for place, side in enumerate(cube) if side != DASH):
            wider = (*cube[:place], DASH, *cube[place + 1 :])
            assert any(holds(wider, row) for row in false)


@pytest.mark.parametrize("first", range(16))
def test_every_function_of_three_arguments_takes_the_fewest_products(first):
    for rest in product((0, 1), repeat=4):
        bits = [first >> place & 1 for place in range(4)]
        values = np.array([*bits, *rest], dtype=np.int8).reshape(2, 2, 2)
        cover = minimum_cover(values)
        assert (len(cover), sum(map(literals, cover))) == cheapest(values)


@given(tables(2, 4))
def test_what_is_left_open_takes_the_fewest_products(values):
    cover = minimum_cover(values)
    assert (len(cover), sum(map(literals, cover))) == cheapest(values)


@given(tables(1, 7))
def test_a_cover_holds_what_is_true_and_nothing_more(values):
    check_cover(values)


@settings(max_examples=3)
@given(tables(EXACT + 1, EXACT + 1))
def test_a_cover_that_need_not_be_minimum_cannot_be_made_smaller_by_one(values):
    check_cover(values)


def test_products_that_have_no_essential_one_among_them():
    """The smallest cyclic core: six rows in a ring, three pairs or the three others."""
    values = np.ones((2, 2, 2), dtype=np.int8)
    values[0, 0, 0] = values[1, 1, 1] = 0
    cover = minimum_cover(values)
    assert len(cover) == 3
    assert minimum_cover(np.asfortranarray(values)) == cover


@pytest.mark.parametrize("value", [0, 1, -1])
def test_constants(value):
    values = np.full((2, 2), value, dtype=np.int8)
    assert minimum_cover(values) == (((DASH, DASH),) if value == 1 else ())


def test_the_solver_says_nothing():
    """What it would print, C library and all, would stand among results."""
    code = (
        "import numpy as np\n"
        "from bonsai_compiler.logic.two_level import _solved\n"
        "covering = np.array([[1, 1, 0], [0, 1, 1], [1, 0, 1]], dtype=bool)\n"
        "assert _solved(covering, np.array([3, 2, 2])).sum() == 2\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
