"""What expressions say: over columns of values, and whether that is a bool or a number."""

from collections.abc import Mapping
from functools import partial, reduce
from typing import Any

import numpy as np
import numpy.typing as npt

from bonsai_compiler.ir.expression import (
    OPPOSITES,
    Constant,
    Expression,
    Name,
    Operation,
    Table,
)
from bonsai_compiler.ir.kinds import Kind

Values = npt.NDArray[Any]

FUNCTIONS: dict[str, Any] = {
    "not": np.logical_not,
    "==": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "+": partial(np.add, dtype=np.int64),
    "-": partial(np.subtract, dtype=np.int64),
    "%": np.remainder,
    "min": np.minimum,
    "max": np.maximum,
    "if": np.where,
    "and": lambda *operands: reduce(np.logical_and, operands),
    "or": lambda *operands: reduce(np.logical_or, operands),
}
"""What each operator means, element by element."""


def evaluate(expression: Expression, values: Mapping[str, Values]) -> Values:
    """Return the value of an expression, element by element, over equally long columns."""
    return np.asarray(_evaluated(expression, values))


def _evaluated(expression: Expression, values: Mapping[str, Values]) -> Any:
    match expression:
        case Name(name):
            return values[name]
        case Operation(operator, operands):
            return FUNCTIONS[operator](*[_evaluated(part, values) for part in operands])
        case Table(entries, index):
            places = np.asarray(_evaluated(index, values), dtype=np.int64)
            return np.take(np.array(entries), places, mode="clip")
        case Constant(value):
            return value
    raise AssertionError(f"{expression!r} is no expression")


def kind(expression: Expression, kinds: Mapping[str, Kind]) -> Kind:
    """Return whether an expression is a bit or a level, given what its names are.

    Raises ValueError where it mixes the two: `not level`, `min(bit, 1)`, `bit == level`.
    """

    def expect(wanted: Kind, *parts: Expression) -> Kind:
        for part in parts:
            if kind(part, kinds) is not wanted:
                raise ValueError(f"'{part}' must be {wanted.value} in '{expression}'")
        return wanted

    match expression:
        case Name(name):
            return kinds[name]
        case Constant():
            return expression.kind
        case Operation("and" | "or" | "not", operands):
            return expect(Kind.BIT, *operands)
        case Operation("==" | "!=", (left, right)):
            expect(kind(left, kinds), right)
            return Kind.BIT
        case Operation(sign, operands) if sign in OPPOSITES:
            expect(Kind.LEVEL, *operands)
            return Kind.BIT
        case Operation("if", (test, yes, no)):
            expect(Kind.BIT, test)
            return expect(kind(yes, kinds), no)
        case Operation("+" | "-", operands):
            for part in operands:
                kind(part, kinds)
            return Kind.LEVEL
        case Operation(_, operands):
            return expect(Kind.LEVEL, *operands)
        case Table(entries, index):
            expect(Kind.LEVEL, index)
            first, *rest = map(Constant, entries)
            return expect(kind(first, kinds), *rest)
    raise AssertionError(f"{expression!r} is no expression")
