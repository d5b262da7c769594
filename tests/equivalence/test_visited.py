import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bonsai_compiler.equivalence import visited as visited_rows
from bonsai_compiler.equivalence.visited import Visited

rows = st.lists(st.lists(st.sampled_from([-1.0, 0.0, 0.5, 1e300, 3.0]), min_size=2, max_size=2))


@given(st.lists(rows, max_size=6))
def test_every_row_is_kept_once_in_the_order_of_meeting(batches):
    visited, known = Visited(np.zeros((1, 2))), {(0.0, 0.0): None}
    for batch in batches:
        parents = np.full(len(batch), len(visited) - 1)
        visited.admit(np.array(batch).reshape(-1, 2), parents, np.arange(len(batch)))
        known |= dict.fromkeys(map(tuple, batch))
        assert list(map(tuple, visited.rows.tolist())) == list(known)


def test_many_rows_are_told_apart_and_found_again():
    grid = np.stack(np.meshgrid(np.arange(300.0), np.arange(300.0)), axis=-1).reshape(-1, 2)
    shuffled = np.random.default_rng(0).permutation(grid)
    visited, letters = Visited(shuffled[:1]), np.zeros(len(grid), dtype=np.int64)
    for _ in range(2):
        visited.admit(shuffled, letters, letters)
        assert (visited.rows == shuffled).all()


def test_rows_are_found_again_while_the_table_grows():
    rows = np.random.default_rng(0).permutation(np.arange(1.0, 3000.0))[:, None]
    visited = Visited(np.zeros((1, 1)))
    for last in range(7, len(rows), 7):
        batch = rows[max(last - 14, 0) : last]
        visited.admit(batch, np.zeros(len(batch), dtype=np.int64), np.arange(len(batch)))
        assert (visited.rows[1:] == rows[:last]).all()


def test_rows_whose_hashes_are_all_alike_are_told_apart(monkeypatch):
    # All want the table's last slot, so that what is found there goes on at its first.
    last = np.iinfo(np.uint64).max
    monkeypatch.setattr(visited_rows, "_hashes", lambda keys: np.full(len(keys), last, np.uint64))
    rows = np.arange(40.0)[:, None]
    visited, zeros = Visited(rows[:1]), np.zeros(40, dtype=np.int64)
    for _ in range(2):
        visited.admit(rows, zeros, zeros)
        assert (visited.rows == rows).all()


def test_a_path_is_the_letters_from_the_start():
    visited = Visited(np.zeros((1, 1)))
    for number, letter in enumerate([3, 1, 4, 1, 5]):
        visited.admit(np.array([[number + 1.0]]), np.array([number]), np.array([letter]))
    assert [visited.path(number) for number in (0, 1, 5)] == [(), (3,), (3, 1, 4, 1, 5)]


def test_rows_without_columns_are_all_the_same():
    visited = Visited(np.zeros((1, 0)))
    visited.admit(np.zeros((3, 0)), np.zeros(3, dtype=np.int64), np.zeros(3, dtype=np.int64))
    assert len(visited) == 1


def test_with_a_grain_one_row_stands_for_all_that_round_alike():
    visited = Visited(np.array([[0.1, 5.0]]), grain=0.5)
    near = np.array([[-0.1, 5.0], [0.4, 5.0], [0.6, 5.1], [0.1, 5.5]])
    visited.admit(near, np.zeros(4, dtype=np.int64), np.arange(4))
    assert visited.rows.tolist() == [[0.1, 5.0], [0.4, 5.0], [0.1, 5.5]]
