"""Rows of truths as words say what the truths themselves do, however long they are."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonsai_compiler.reading import rows
from bonsai_compiler.reading.columns import Asked
from bonsai_compiler.reading.rows import first_fitting, first_of_each, fitting, packed

LENGTHS = st.sampled_from([1, 8, 9, 16, 17, 32, 33, 64, 65, 150])


@st.composite
def truths(draw: st.DrawFn) -> tuple[Asked, Asked]:
    """Return two tables of rows that are equally long, few of whose truths hold."""
    length, seed = draw(LENGTHS), draw(st.integers(0, 2**32 - 1))
    chance = np.random.default_rng(seed)
    counts: Sequence[int] = draw(st.tuples(st.integers(0, 90), st.integers(0, 12)))
    share = draw(st.sampled_from([0.02, 0.2, 0.5]))
    one, other = (chance.random((count, length)) < share for count in counts)
    return one, other


@given(truths())
def test_what_fits_where_is_found(pair: tuple[Asked, Asked]) -> None:
    wrong, where = pair
    disjoint = [[not (one & other).any() for one in wrong] for other in where]
    first = [fits.index(True) if any(fits) else len(wrong) for fits in disjoint]
    assert first_fitting(packed(wrong), packed(where)).tolist() == first
    for row, fits in zip(packed(where), disjoint, strict=True):
        assert fitting(packed(wrong), row).tolist() == [at for at, fit in enumerate(fits) if fit]


@given(truths())
def test_of_equal_rows_the_first_is_found(pair: tuple[Asked, Asked]) -> None:
    table = np.concatenate([*pair, pair[1]])
    texts = [row.tobytes() for row in table]
    assert first_of_each(packed(table)).tolist() == sorted({texts.index(text) for text in texts})


def test_many_rows_are_held_against_each_other_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = np.random.default_rng(1)
    wrong, where = (packed(chance.random((200, 70)) < 0.2) for _ in range(2))
    whole = first_fitting(wrong, where).tolist()
    monkeypatch.setattr(rows, "AT_ONCE", 500)
    assert first_fitting(wrong, where).tolist() == whole
