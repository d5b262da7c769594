"""Of what kind an expression of logic is, and what values it can take, over all that it reads."""

import math
from collections.abc import Mapping
from functools import lru_cache
from itertools import product

import numpy as np

from bonsai_compiler.errors import shortened
from bonsai_compiler.ir.expression import (
    OPPOSITES,
    Constant,
    Expression,
    Name,
    Operation,
    Table,
    arguments,
)
from bonsai_compiler.ir.interpreter import evaluate
from bonsai_compiler.ir.kinds import Kind, kind_of_value

Values = tuple[int, ...] | range
"""Values in ascending order."""

Domains = dict[str, Values]

TRUTH = (False, True)

MOST_CHOICES = 2**14
"""How many choices of what an expression reads are tried; beyond, only bounds are told."""

LARGEST = 2**53 - 1
"""No integer goes beyond this: states are stored in doubles, and the page computes with them."""


def is_truth(name: str, domains: Mapping[str, Values]) -> bool:
    """Return whether a node is a bool, and no level."""
    return kind_of_value(domains[name][0]) is Kind.BIT


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


def kind_of(expression: Expression, domains: Mapping[str, Values]) -> Kind:
    """Return whether an expression over these nodes is a bool or a level."""
    return kind(expression, {name: kind_of_value(values[0]) for name, values in domains.items()})


def are_among(values: Values, others: Values) -> bool:
    """Return whether all values are among the others."""
    if isinstance(others, range):
        return values[0] in others and values[-1] in others
    return len(values) <= len(others) and set(others).issuperset(values)


def values_taken(expression: Expression, domains: Mapping[str, Values]) -> Values:
    """Return the values of an expression; where it reads too much, all between its bounds.

    Raises ValueError where it mixes bools and levels, where a table's index can lie outside the
    table, and where a sum can go beyond LARGEST.
    """
    read = tuple((is_truth(name, domains), domains[name]) for name in arguments(expression))
    return _values_taken(expression, read)


@lru_cache(maxsize=4096)
def _values_taken(expression: Expression, read: tuple[tuple[bool, Values], ...]) -> Values:
    # What is a bool stands beside the values: to a cache, (False, True) and (0, 1) are one.
    domains = {
        name: TRUTH if truth else values
        for name, (truth, values) in zip(arguments(expression), read, strict=True)
    }
    truth = kind_of(expression, domains) is Kind.BIT
    low, high = _bounds(expression, domains)
    return TRUTH if truth else _tried(expression, domains) or range(low, high + 1)


def _tried(expression: Expression, domains: Mapping[str, Values]) -> tuple[int, ...]:
    """Return the values that come of every choice of what is read; none, where those are many."""
    names = arguments(expression)
    if math.prod(len(domains[name]) for name in names) > MOST_CHOICES:
        return ()
    choices = np.array(list(product(*(domains[name] for name in names))), dtype=np.int64)
    columns = {
        name: column.astype(bool if is_truth(name, domains) else np.int64)
        for name, column in zip(names, choices.T, strict=True)
    }
    return tuple(np.unique(evaluate(expression, columns)).tolist())


def _bounds(expression: Expression, domains: Mapping[str, Values]) -> tuple[int, int]:
    """Return the least and the greatest that a value can be, as far as its parts tell."""
    match expression:
        case Name(name):
            return int(domains[name][0]), int(domains[name][-1])
        case Constant(value):
            return int(value), int(value)
        case Table(entries, index):
            _expect_within(expression, values_taken(index, domains))
            return min(entries), max(entries)
    parts = [_bounds(part, domains) for part in expression.parts]
    lows, highs = zip(*parts, strict=True)
    match expression:
        case Operation("if"):
            (low, high), _, (other_low, other_high) = parts
            return min(low, other_low), max(high, other_high)
        case Operation("%"):
            (low, high), (_, divisor) = parts
            return (low, high) if 0 <= low <= high < divisor else (0, divisor - 1)
        case Operation("+"):
            return _expect_small(expression, sum(lows), sum(highs))
        case Operation("-"):
            (low, high), (least, most) = parts
            return _expect_small(expression, low - most, high - least)
        case Operation("min"):
            return min(lows), min(highs)
        case Operation("max"):
            return max(lows), max(highs)
        case _:
            return 0, 1


def _expect_small(expression: Expression, low: int, high: int) -> tuple[int, int]:
    if max(-low, high) > LARGEST:
        text = shortened(str(expression))
        raise ValueError(f"'{text}' may go beyond {LARGEST}; hold its parts down with min or %")
    return low, high


def _expect_within(table: Table, places: Values) -> None:
    last = len(table.entries) - 1
    if not 0 <= places[0] <= places[-1] <= last:
        place, text = shortened(str(table.index)), shortened(str(table))
        span = f"from {places[0]} to {places[-1]}" if len(places) > 1 else str(places[0])
        raise ValueError(f"in '{text}' the place '{place}' can be {span}; the last is {last}")
