"""What values an expression of logic can take, over all choices of what it reads."""

import ast
import math
from collections.abc import Mapping
from functools import lru_cache
from itertools import product

import numpy as np

from bonsai_compiler.errors import shortened
from bonsai_compiler.ir.expression import Kind, arguments, evaluate, kind, parse

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
    return isinstance(domains[name][0], bool)


def kind_of(text: str, domains: Mapping[str, Values]) -> Kind:
    """Return whether an expression over these nodes is a bool or a level."""
    return kind(text, {name: bool if is_truth(name, domains) else int for name in domains})


def are_among(values: Values, others: Values) -> bool:
    """Return whether all values are among the others."""
    if isinstance(others, range):
        return values[0] in others and values[-1] in others
    return len(values) <= len(others) and set(others).issuperset(values)


def values_taken(expression: str, domains: Mapping[str, Values]) -> Values:
    """Return the values of an expression; where it reads too much, all between its bounds.

    Raises ValueError where it mixes bools and levels, where a table's index can lie outside the
    table, and where a sum can go beyond LARGEST.
    """
    read = tuple((is_truth(name, domains), domains[name]) for name in arguments(expression))
    return _values_taken(expression, read)


@lru_cache(maxsize=4096)
def _values_taken(expression: str, read: tuple[tuple[bool, Values], ...]) -> Values:
    # What is a bool stands beside the values: to a cache, (False, True) and (0, 1) are one.
    domains = {
        name: TRUTH if truth else values
        for name, (truth, values) in zip(arguments(expression), read, strict=True)
    }
    truth = kind_of(expression, domains) is bool
    low, high = _bounds(parse(expression), domains)
    return TRUTH if truth else _tried(expression, domains) or range(low, high + 1)


def _tried(expression: str, domains: Mapping[str, Values]) -> tuple[int, ...]:
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


def _bounds(tree: ast.expr, domains: Mapping[str, Values]) -> tuple[int, int]:
    """Return the least and the greatest that a value can be, as far as its parts tell."""

    def of(*parts: ast.expr) -> list[tuple[int, int]]:
        return [_bounds(part, domains) for part in parts]

    match tree:
        case ast.Name(id=name):
            return int(domains[name][0]), int(domains[name][-1])
        case ast.Constant(value=int(value)):
            return int(value), int(value)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            _, (low, high), (other_low, other_high) = of(test, body, orelse)
            return min(low, other_low), max(high, other_high)
        case ast.BinOp(left=left, op=ast.Mod(), right=right):
            (low, high), (_, divisor) = of(left, right)
            return (low, high) if 0 <= low <= high < divisor else (0, divisor - 1)
        case ast.BinOp(left=left, op=sign, right=right):
            (low, high), (least, most) = of(left, right)
            if isinstance(sign, ast.Sub):
                least, most = -most, -least
            return _expect_small(tree, low + least, high + most)
        case ast.Call(func=ast.Name(id=function), args=[left, right]):
            choose = {"min": min, "max": max}[function]
            (low, high), (other_low, other_high) = of(left, right)
            return choose(low, other_low), choose(high, other_high)
        case ast.Subscript(value=ast.Tuple(elts=items), slice=index):
            _expect_within(tree, values_taken(ast.unparse(index), domains), len(items))
            entries = [ast.literal_eval(item) for item in items]
            return min(entries), max(entries)
        case _:
            of(*(part for part in ast.iter_child_nodes(tree) if isinstance(part, ast.expr)))
            return 0, 1


def _expect_small(tree: ast.expr, low: int, high: int) -> tuple[int, int]:
    if max(-low, high) > LARGEST:
        text = shortened(ast.unparse(tree))
        raise ValueError(f"'{text}' may go beyond {LARGEST}; hold its parts down with min or %")
    return low, high


def _expect_within(tree: ast.Subscript, index: Values, entries: int) -> None:
    if not 0 <= index[0] <= index[-1] < entries:
        place, table = shortened(ast.unparse(tree.slice)), shortened(ast.unparse(tree))
        span = f"from {index[0]} to {index[-1]}" if len(index) > 1 else str(index[0])
        raise ValueError(
            f"in '{table}' the place '{place}' can be {span}; the last is {entries - 1}"
        )
