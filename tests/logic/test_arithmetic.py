"""What people write is found again in its table, with and without rows that never occur."""

from itertools import product

import numpy as np
import pytest

from bonsai_compiler.ir.expression import arguments
from bonsai_compiler.ir.interpreter import evaluate
from bonsai_compiler.ir.parsing import parse
from bonsai_compiler.logic.synthesis import synthesise

BOOLS = [
    "a != b",
    "a == b",
    "a != (b != c)",
    "a != (b != (c != (d != (e != (f != g)))))",
    "a + b + c >= 2",
    "a + b + c + d >= 3",
    "a + b + c + d == 2",
    "a + b + c + d + e + f >= 4",
    "a + (not b) + c >= 2",
    "a + b + c != 3",
    "a if c else b",
    "a if m else b != c",
    "a and b if m else c != d",
    "((d if f else c) if e else b if f else a) if g else h != i",
    "not (a and c and d) or b",
    "a != b and c != d",
    "a == c and b == d",
    "a != b and c and d",
    "(a or b) and (c or d) and (e or f) or g and h",
    "a + b + c >= 2 and d + e + f >= 2",
    "a and (b or c and (d or e))",
    "a if b and c else d if e else f",
]
LEVELS = [
    ("min(s + 1, 3) if x else max(s - 1, 0)", {"s": 4, "x": 2}, 4),
    ("min(s + x, 3)", {"s": 4, "x": 2}, 4),
    ("max(s - x, 0)", {"s": 4, "x": 2}, 4),
    ("(s + x) % 4", {"s": 4, "x": 2}, 4),
    ("(s + x + y) % 5", {"s": 5, "x": 2, "y": 2}, 5),
    ("(s + 1) % 3 if x else (s - 1) % 3", {"s": 3, "x": 2}, 3),
    ("(m - n + 1) % 3", {"m": 3, "n": 3}, 3),
    ("(m - n) % 4", {"m": 4, "n": 4}, 4),
    ("0 if y else min(s + x, 3)", {"s": 4, "x": 2, "y": 2}, 4),
    ("3 - s", {"s": 4}, 4),
    ("m == n", {"m": 4, "n": 4}, 2),
    ("m != n", {"m": 3, "n": 3}, 2),
    ("m > n", {"m": 4, "n": 4}, 2),
    ("m >= n + 2", {"m": 5, "n": 5}, 2),
    ("m + n >= 4", {"m": 4, "n": 3}, 2),
    ("s % 2 == 0", {"s": 5}, 2),
    ("s + x == 3", {"s": 5, "x": 2}, 2),
    ("s == 2 and x", {"s": 4, "x": 2}, 2),
    ("s != 0 and (s == 2 and x or y)", {"s": 4, "x": 2, "y": 2}, 2),
    ("s >= 2 and m == 1 or x", {"s": 4, "m": 3, "x": 2}, 2),
    ("1 if s == 2 else m", {"s": 4, "m": 3}, 3),
    ("a + b + c", {"a": 2, "b": 2, "c": 2}, 4),
]


def tabulated(expression, counts):
    rows = list(product(*map(range, counts.values())))
    columns = dict(zip(counts, np.array(rows).T, strict=True))
    bools = {name: columns[name] > 0 if counts[name] == 2 else columns[name] for name in counts}
    return dict(
        zip(rows, map(int, np.broadcast_to(evaluate(expression, bools), len(rows))), strict=True)
    )


@pytest.mark.parametrize("text", BOOLS)
def test_conditions_on_bools(text):
    counts = dict.fromkeys(sorted(arguments(parse(text))), 2)
    found = synthesise(tuple(counts.items()), tabulated(parse(text), counts), 2)
    assert str(parse(text)) == text
    assert found == parse(text)


@pytest.mark.parametrize(("text", "counts", "levels"), LEVELS)
def test_counters_comparisons_and_conditions_on_levels(text, counts, levels):
    assert synthesise(tuple(counts.items()), tabulated(parse(text), counts), levels) == parse(text)


@pytest.mark.parametrize("text", BOOLS)
@pytest.mark.parametrize("seed", range(3))
def test_rows_that_never_occur_make_nothing_longer(text, seed):
    counts = dict.fromkeys(sorted(arguments(parse(text))), 2)
    table = tabulated(parse(text), counts)
    kept = np.random.default_rng(seed).random(len(table)) < 0.9
    some = {row: table[row] for row, keep in zip(table, kept, strict=True) if keep}
    found = synthesise(tuple(counts.items()), some, 2)
    assert found.cost <= parse(text).cost
    again = tabulated(found, counts)
    assert all(again[row] == some[row] for row in some)
