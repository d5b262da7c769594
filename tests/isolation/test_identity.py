"""When two states are one, and that no code can tell a state from a copy of it."""

from collections import namedtuple
from dataclasses import dataclass
from enum import Enum, Flag, IntFlag
from fractions import Fraction
from functools import cached_property

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonsai_compiler.isolation.identity import NoIdentityError, fresh, identity, unfit

Pair = namedtuple("Pair", "one other")


@dataclass(frozen=True)
class Point:
    place: object

    @cached_property
    def doubled(self):
        return self.place, self.place


@dataclass(frozen=True, slots=True)
class Slotted:
    place: object


class Number(int):
    pass


class Colour(Enum):
    RED = 1


atoms = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
    | st.sampled_from(Colour)
)
values = st.recursive(
    atoms,
    lambda parts: (
        st.lists(parts, max_size=3).map(tuple)
        | st.frozensets(parts, max_size=3)
        | st.builds(Pair, parts, parts)
        | st.builds(Point, parts)
        | st.builds(Slotted, parts)
        | st.integers().map(Number)
    ),
    max_leaves=8,
)


@given(values)
def test_a_fresh_value_is_the_same_state(value):
    assert type(fresh(value)) is type(value)
    assert identity(fresh(value)) == identity(value)


@pytest.mark.parametrize(
    "value",
    [
        1 << 70,
        0.5,
        "".join(("two", " ", "words")),
        b"two",
        (0,),
        frozenset([1]),
        Pair(0, 1),
        Point(0),
        Slotted(0),
        Number(7),
        Point((1 << 70, "a")),
    ],
)
def test_a_fresh_value_stands_at_another_address(value):
    assert fresh(value) is not value


@pytest.mark.parametrize("value", [None, True, 3, "name", Colour.RED, int, len, Fraction])
def test_what_python_keeps_once_stays_itself(value):
    assert fresh(value) is value


def test_what_is_computed_once_and_kept_is_no_change():
    point = Point(1)
    before = identity(point)
    assert point.doubled == (1, 1)
    assert identity(point) == before
    for member in (Sides.LEFT, Sides.RIGHT):
        before = identity(member)
        assert ~member
        assert identity(member) == before


class Sides(Flag):
    LEFT = 1
    RIGHT = 2


class Open(IntFlag):
    LOW = 1


def test_flags_without_names_are_told_apart():
    assert identity(Open(8)) != identity(Open(16))
    assert identity(Open(8)) == identity(Open(8))
    assert identity(Sides.LEFT | Sides.RIGHT) == identity(Sides(3))


def test_what_a_metaclass_says_of_its_classes_is_not_asked():
    class Alike(type):
        def __eq__(cls, other):
            return True

        def __hash__(cls):
            return hash(int)

    one = Alike("one", (), {"__hash__": lambda self: 1})()
    with pytest.raises(NoIdentityError, match="compares as it likes"):
        identity(one)
    assert "compares as it likes" in unfit((one,))


def doubled(times):
    value = ()
    for _ in range(times):
        value = (value, value)
    return value


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        (doubled(60), "more than 100,000 parts"),
        (Point(doubled(60)), "more than 100,000 parts"),
        (1 << (1 << 21), "bits"),
        (("x" * (1 << 21),), "longer"),
        (b"x" * (1 << 21), "longer"),
    ],
    ids=["parts", "parts of an object", "an int", "a text", "bytes"],
)
def test_a_value_without_bounds_is_refused_before_it_is_hashed(value, fault):
    assert fault in unfit(value)


@pytest.mark.parametrize(
    "value",
    [doubled(10), 1 << (1 << 19), "x" * (1 << 19), (0,) * 90_000],
    ids=["parts", "an int", "a text", "a tuple"],
)
def test_large_values_are_states(value):
    assert unfit(value) == ""
