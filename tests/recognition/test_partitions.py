"""Partitions that letters respect: found, and no others."""

from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bonsai_compiler.recognition.partitions import (
    Partition,
    meet,
    normalised,
    quotient_actions,
    respected_partitions,
    size,
)

Actions = np.ndarray[tuple[int, int], np.dtype[np.int64]]


def respected(actions: Actions, partition: Partition) -> bool:
    """Return whether states of one block always lead to one block: by looking at all pairs."""
    return all(
        partition[row[one]] == partition[row[other]]
        for row in actions.tolist()
        for one, other in product(range(len(partition)), repeat=2)
        if partition[one] == partition[other]
    )


@st.composite
def tables(draw: st.DrawFn) -> Actions:
    states, letters = draw(st.integers(2, 5)), draw(st.integers(1, 2))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return rng.integers(0, states, (letters, states))


@given(tables())
@settings(max_examples=60, deadline=None)
def test_all_partitions_that_letters_respect_are_found(actions: Actions) -> None:
    states = actions.shape[1]
    every = {normalised(blocks) for blocks in product(range(states), repeat=states)}
    wanted = {
        partition
        for partition in every
        if 1 < size(partition) < states and respected(actions, partition)
    }
    assert {*respected_partitions(actions)} == wanted


@given(tables())
@settings(max_examples=30, deadline=None)
def test_blocks_lead_where_their_states_do(actions: Actions) -> None:
    for partition in respected_partitions(actions):
        blocks = np.array(partition)
        smaller = quotient_actions(actions, partition)
        assert (smaller[:, blocks] == blocks[actions]).all()


def test_two_that_tell_everything_apart_are_the_machine() -> None:
    # A counter modulo 6 is one modulo 2 beside one modulo 3.
    partitions = respected_partitions(np.array([[1, 2, 3, 4, 5, 0]]))
    assert [size(partition) for partition in partitions] == [2, 3]
    assert size(meet(partitions)) == 6
