"""Codes: a task's own values, called as its source calls them, and numbers along paths."""

import numpy as np
import pytest

from bonsai_compiler.reading.codes import number_codes, task_code
from bonsai_compiler.specification.machine import Machine

UNPACKED = "def step(registers, x):\n    low, high = registers\n    return (high, low), x\n"


def test_members_are_called_as_the_task_unpacks_them() -> None:
    code = task_code([(False, 3), (True, 4)], UNPACKED)
    assert code is not None
    assert code.memory == "registers"
    assert [(one.name, one.kind) for one in code.members] == [("low", "bit"), ("high", "integer")]
    other = task_code([("a", "b"), ("b", "a")], "def step(_pair, x): return _pair, x")
    assert other is not None
    assert [(one.name, one.words) for one in other.members] == [
        ("pair_0", ("a", "b")),
        ("pair_1", ("a", "b")),
    ]


@pytest.mark.parametrize(
    ("values", "held"),
    [([0, None, 2], [0, -1, 2]), (["a", None], ["a", "none"]), ([(None, 3), (1, 3)], [0, 1])],
    ids=repr,
)
def test_nothing_is_a_value_like_the_others(values: list[object], held: list[object]) -> None:
    code = task_code(values, "")
    assert code is not None
    (member,) = code.members
    shown = [member.words[value] if member.words else value for value in member.values.tolist()]
    assert shown == held


@pytest.mark.parametrize(
    "values",
    [
        [None, True],
        [(1,), (1, 2)],
        [1.5, 2.5],
        [1, True],
        [0, 2**40],
        ["a\n", "b"],
        ["a" * 50, "b"],
        [tuple(range(9)), tuple(range(1, 10))],
    ],
    ids=repr,
)
def test_what_is_no_plain_value_is_no_code(values: list[object]) -> None:
    assert task_code(values, "") is None


def test_states_are_numbered_along_what_the_machine_counts() -> None:
    # Of 2n and 2n + 1 modulo 5, neither walks through all states; from one to the other does.
    states = np.arange(5)
    successor = np.stack([2 * states % 5, (2 * states + 1) % 5], axis=1)
    # Each state of this one tells itself, in three bits.
    output = np.stack([(states >> place & 1) * 2 - 1 for place in range(3)], axis=1)
    machine = Machine(
        ("x",),
        ("a", "b", "c"),
        successor.astype(np.int32),
        np.repeat(output[:, None, :], 2, axis=1).astype(np.int8),
        np.ones((5, 2), dtype=bool),
    )
    orders = [code.members[0].values.tolist() for code in number_codes(machine)]
    assert [0, 1, 2, 3, 4] in orders
