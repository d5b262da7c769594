from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import expressions

from bonsai_compiler.ir.expression import Name, arguments, substituted
from bonsai_compiler.ir.interpreter import evaluate
from bonsai_compiler.ir.kinds import Kind
from bonsai_compiler.ir.parsing import parse
from bonsai_compiler.ir.values import kind
from bonsai_compiler.logic.synthesis import synthesise


@st.composite
def tables(draw, most=3):
    """Arguments with their numbers of levels, a partial table, and the levels of the result."""
    counts = draw(st.lists(st.sampled_from([2, 2, 2, 3, 4, 5]), min_size=0, max_size=most))
    names = tuple((f"a{place}", count) for place, count in enumerate(counts))
    levels = draw(st.sampled_from([2, 2, 3, 4]))
    rows = list(product(*map(range, counts)))
    rows = rows[:64]
    values = draw(st.lists(st.integers(-1, levels - 1), min_size=len(rows), max_size=len(rows)))
    table = {row: value for row, value in zip(rows, values, strict=True) if value >= 0}
    return names, table or {rows[0]: 0}, levels


def check(names, table, levels):
    expression = synthesise(names, table, levels)
    kinds = {name: Kind.BIT if count == 2 else Kind.LEVEL for name, count in names}
    assert kind(expression, kinds) is (Kind.BIT if levels <= 2 else Kind.LEVEL)
    rows = np.array(list(product(*(range(count) for _, count in names))), dtype=int)
    columns = {
        name: rows[:, place].astype(bool if count == 2 else int)
        for place, (name, count) in enumerate(names)
    }
    result = np.broadcast_to(evaluate(expression, columns), (len(rows),))
    assert result.dtype == bool if levels == 2 else result.max() < levels
    assert result.min() >= 0
    # Python itself says the same: emitted programs hold the text as it stands.
    text = compile(str(expression), "expression", "eval")
    for place, (row, value) in enumerate(zip(rows.tolist(), result.tolist(), strict=True)):
        assert table.get(tuple(row), value) == value, str(expression)
        given = {name: column[place].item() for name, column in columns.items()}
        assert eval(text, {}, given) == value
    return expression


@settings(max_examples=60)
@given(tables())
def test_an_expression_agrees_with_its_table_and_stays_in_range(case):
    check(*case)


@settings(max_examples=30)
@given(st.integers(4, 7), st.integers(0, 2**32 - 1), st.sampled_from([0.1, 0.5, 0.9]))
def test_many_bools(width, seed, known):
    rng = np.random.default_rng(seed)
    rows = list(product((0, 1), repeat=width))
    table = {row: int(rng.integers(2)) for row in rows if rng.random() < known}
    names = tuple((f"a{place}", 2) for place in range(width))
    expression = check(names, table or {rows[0]: 1}, 2)
    assert parse(str(expression)) == expression


def test_more_arguments_than_a_table_has_room_for():
    rng = np.random.default_rng(5)
    rows = np.unique(rng.integers(0, 2, (300, 30)), axis=0)
    wanted = (rows[:, 3] > 0) & (rows[:, 17] != rows[:, 20])
    table = dict(zip(map(tuple, rows.tolist()), wanted.tolist(), strict=True))
    names = tuple((f"a{place}", 2) for place in range(30))
    expression = synthesise(names, table, 2)
    columns = {name: rows[:, place] > 0 for place, (name, _) in enumerate(names)}
    assert evaluate(expression, columns).tolist() == wanted.tolist()


def test_levels_that_need_more_room_than_a_table_has():
    rng = np.random.default_rng(6)
    rows = np.unique(rng.integers(0, 9, (60, 5)), axis=0)
    wanted = np.minimum(rows.sum(axis=1) // 5, 6)
    table = dict(zip(map(tuple, rows.tolist()), wanted.tolist(), strict=True))
    names = tuple((f"a{place}", 9) for place in range(5))
    expression = synthesise(names, table, 7)
    columns = {name: rows[:, place] for place, (name, _) in enumerate(names)}
    assert evaluate(expression, columns).tolist() == wanted.tolist()


@given(st.integers(2, 6), st.integers(2, 5), st.data())
def test_one_argument_of_many_levels(count, levels, data):
    values = data.draw(st.lists(st.integers(-1, levels - 1), min_size=count, max_size=count))
    table = {(level,): value for level, value in enumerate(values) if value >= 0} or {(0,): 0}
    check((("a0", count),), table, levels)


@pytest.mark.parametrize("step", [-2, -1, 1, 2])
@pytest.mark.parametrize("count", [3, 4, 5])
@pytest.mark.parametrize("levels", [3, 4, 5])
def test_a_counter_that_saturates(step, count, levels):
    table = {(level,): min(max(level + step, 0), levels - 1) for level in range(count)}
    check((("a0", count),), table, levels)


@pytest.mark.parametrize(
    ("function", "text"),
    [
        (lambda a, b: a and b, "a and b"),
        (lambda a, b: a or b, "a or b"),
        (lambda a, b: a != b, "a != b"),
        (lambda a, b: a == b, "a == b"),
        (lambda a, b: not a, "not a"),
        (lambda a, b: b, "b"),
        (lambda a, b: True, "True"),
        (lambda a, b: a and not b, "a and (not b)"),
    ],
)
def test_what_a_person_would_write(function, text):
    table = {(a, b): int(function(a, b)) for a in (0, 1) for b in (0, 1)}
    assert synthesise((("a", 2), ("b", 2)), table, 2) == parse(text)


def test_a_counter_reads_as_one():
    table = {(0,): 1, (1,): 2, (2,): 3, (3,): 3}
    assert synthesise((("level", 4),), table, 4) == parse("min(level + 1, 3)")


@given(st.lists(st.sampled_from([2, 3, 4]), min_size=2, max_size=3), st.integers(-3, 4), st.data())
def test_sums_less_than_nothing_stay_in_the_language(counts, bound, data):
    signs = data.draw(st.lists(st.sampled_from([1, -1]), min_size=3, max_size=3))
    rows = list(product(*map(range, counts)))
    table = {
        row: int(sum(sign * part for sign, part in zip(signs, row, strict=False)) >= bound)
        for row in rows
    }
    check(tuple((f"a{place}", count) for place, count in enumerate(counts)), table, 2)


def test_a_bool_alone_is_no_number():
    assert synthesise((("x", 2),), {(0,): 0, (1,): 1}, 3) == parse("1 if x else 0")


def test_rows_that_never_occur_are_free():
    assert synthesise((("a", 2), ("b", 2)), {(0, 0): 0, (1, 1): 1}, 2) in (parse("a"), parse("b"))


@given(expressions(["p", "q"], {"m": 3}, 2))
def test_canonical_text_means_the_same_and_is_stable(text):
    rows = np.array(list(product((0, 1), (0, 1), (0, 1, 2))))
    columns = {"p": rows[:, 0] > 0, "q": rows[:, 1] > 0, "m": rows[:, 2]}
    tidy = parse(text)
    assert parse(str(tidy)) == tidy
    found = np.broadcast_to(evaluate(tidy, columns), (12,)).tolist()
    for place, value in enumerate(found):
        # Python itself reads the text as it was before anything was made tidy.
        given = {name: column[place].item() for name, column in columns.items()}
        assert eval(text, {}, given) == value
    assert {name for name in columns if name in text} == set(arguments(tidy))


@given(expressions(["p", "q"], {}, 2), expressions(["q", "r"], {"m": 3}, 2))
def test_substitution_means_composition(outer, inner):
    rows = np.array(list(product((0, 1), (0, 1), (0, 1), (0, 1, 2))))
    columns = {name: rows[:, place] > 0 for place, name in enumerate("pqr")}
    columns["m"] = rows[:, 3]
    outside, inside = parse(outer), parse(inner)
    result = np.broadcast_to(evaluate(inside, columns), (24,))
    wanted = np.broadcast_to(evaluate(outside, {**columns, "p": result}), (24,))
    joined = substituted(outside, {"p": inside})
    assert parse(str(joined)) == joined
    assert np.broadcast_to(evaluate(joined, columns), (24,)).tolist() == wanted.tolist()


@pytest.mark.parametrize("inner", ["min(m + 1, 2)", "m if p else 0", "True", "1"])
def test_substitution_into_a_table_stays_in_the_language(inner):
    joined = substituted(parse("(2, 0, 1)[k]"), {"k": parse(inner)})
    columns = {"m": np.array([0, 1, 2]), "p": np.array([True, False, True])}
    index = np.broadcast_to(evaluate(parse(inner), columns), (3,)).astype(int)
    result = np.broadcast_to(evaluate(joined, columns), (3,))
    assert result.tolist() == [(2, 0, 1)[place] for place in index]


def test_replacing_a_name_leaves_functions_alone():
    assert str(substituted(parse("min(min + 1, 2)"), {"min": Name("low")})) == "min(low + 1, 2)"
