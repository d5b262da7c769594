"""What decides a table's result, held against all entries, one by one."""

from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as some
from hypothesis.extra.numpy import array_shapes, arrays

from bonsai_compiler.logic.tables import DONT_CARE, Table, decides, sufficient, supports, without

tables = array_shapes(min_dims=1, max_dims=4, min_side=1, max_side=4).flatmap(
    lambda shape: arrays(np.int16, shape, elements=some.integers(DONT_CARE, 2))
)


def _decided_by(table: Table, places: tuple[int, ...]) -> bool:
    """Return whether entries that agree at some places agree in their result, where it is known."""
    met: dict[tuple[int, ...], int] = {}
    for entry in np.argwhere(table != DONT_CARE):
        result = int(table[tuple(entry)])
        if met.setdefault(tuple(entry[list(places)]), result) != result:
            return False
    return True


def _fewest(table: Table) -> list[tuple[int, ...]]:
    """Return all choices of the fewest arguments that decide a result."""
    places = range(table.ndim)
    for width in range(table.ndim + 1):
        found = [chosen for chosen in combinations(places, width) if _decided_by(table, chosen)]
        if found:
            return found
    raise AssertionError("all of them decide it")


@given(tables)
def test_supports_are_the_fewest_arguments_that_decide(table: Table) -> None:
    fewest = _fewest(table)
    assert sorted(supports(table, 100)) == sorted(fewest)
    assert supports(table) == supports(table, 100)[:1]


@given(tables)
def test_an_argument_can_go_where_the_others_decide(table: Table) -> None:
    for place in range(table.ndim):
        others = tuple(other for other in range(table.ndim) if other != place)
        assert (without(table, (place,)) is not None) == _decided_by(table, others)


@given(tables)
def test_sufficient_arguments_are_the_first_of_the_fewest(table: Table) -> None:
    rows = np.argwhere(table != DONT_CARE)
    results = table[table != DONT_CARE]
    kept = sufficient(rows, results)
    assert kept == list(_fewest(table)[0])
    assert decides(rows[:, kept], results)
