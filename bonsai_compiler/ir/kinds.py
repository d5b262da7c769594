"""What kind of value it is: a bit, a level, a real number."""

from enum import Enum


class Kind(Enum):
    """A kind of value, as an error names it."""

    BIT = "a bool"
    LEVEL = "a number"
    REAL = "a real number"


def kind_of_value(value: float) -> Kind:
    """Return the kind of a value: to Python, alas, a bool is an int, and 1 is 1.0."""
    if isinstance(value, bool):
        return Kind.BIT
    return Kind.LEVEL if isinstance(value, int) else Kind.REAL
