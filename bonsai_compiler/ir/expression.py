"""The language of logic nodes: a small subset of Python's expressions, on bools and integers.

`and`, `or`, `not`, one comparison, `a if c else b`, `+` and `-`, `% 3`, `min` and `max` of two,
integers, bools, and a table with an index, `(2, 0, 1)[level]`. In `+` and `-` a bool counts as 0
or 1, as in `a + b + c >= 2`. An emitted program holds these expressions as they stand.
"""

import ast
from collections.abc import Mapping
from functools import lru_cache, reduce
from typing import Any

import numpy as np
import numpy.typing as npt

from bonsai_compiler.errors import shortened, shown

Values = npt.NDArray[Any]
Kind = type[bool] | type[int]

DEEPEST = 80
"""How deeply an expression may be nested."""

LARGEST_NUMBER = 10**9 - 1
"""The largest number that may be written; ports and levels have nine digits at most, too."""

_COMPARISONS: dict[type[ast.cmpop], Any] = {
    ast.Eq: np.equal,
    ast.NotEq: np.not_equal,
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
}
SIGNS: dict[type[ast.AST], str] = {
    ast.And: "and",
    ast.Or: "or",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mod: "%",
}
"""How operators are written, in Python and in the page alike."""

_CHOICES = {"min": np.minimum, "max": np.maximum}


class UnreadableError(ValueError):
    """Logic that no person could read, and Python's own parser hardly."""


@lru_cache(maxsize=65536)
def parse(expression: str) -> ast.expr:
    """Return the syntax tree of an expression.

    Raises ValueError, saying what does not belong, for anything outside the subset.
    """
    try:
        tree = ast.parse(expression, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ValueError(f"'{shortened(expression)}' is no expression") from None
    if _depth(tree) > DEEPEST:
        fault = f"'{shortened(expression)}' is nested too deeply; give parts of it names"
        raise UnreadableError(fault)
    signed: ast.expr = _Signed().visit(tree)
    _admit(signed)
    return signed


class _Signed(ast.NodeTransformer):
    """Makes `-3`, an operation on 3 to Python's parser, a number like any other."""

    def visit_UnaryOp(self, tree: ast.UnaryOp) -> ast.expr:
        match tree:
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(value))) if (
                value is not True and value is not False
            ):
                return ast.copy_location(ast.Constant(-value), tree)
        self.generic_visit(tree)
        return tree


@lru_cache(maxsize=65536)
def arguments(expression: str) -> tuple[str, ...]:
    """Return the names that an expression reads, each once, in order of first appearance."""
    return tuple(dict.fromkeys(names_read(parse(expression))))


def kind(expression: str, kinds: Mapping[str, Kind]) -> Kind:
    """Return whether an expression is a bool or an int, given what its names are.

    Raises ValueError where it mixes the two: `not level`, `min(bit, 1)`, `bit == level`.
    """
    return _kind(parse(expression), kinds)


def evaluate(expression: str, values: Mapping[str, Values]) -> Values:
    """Return the value of an expression, element by element, over equally long columns."""
    return np.asarray(_evaluate(parse(expression), values))


def _depth(tree: ast.expr) -> int:
    """Return how deeply an expression is nested; counted level by level, not by recursion."""
    depth, level = 0, [tree]
    while level:
        depth += 1
        level = [
            child
            for part in level
            for child in ast.iter_child_nodes(part)
            if isinstance(child, ast.expr)
        ]
    return depth


def _kind(tree: ast.expr, kinds: Mapping[str, Kind]) -> Kind:
    def expect(wanted: Kind, *parts: ast.expr) -> Kind:
        for part in parts:
            if _kind(part, kinds) is not wanted:
                words = {bool: "a bool", int: "a number"}[wanted]
                raise ValueError(f"'{ast.unparse(part)}' must be {words} in '{ast.unparse(tree)}'")
        return wanted

    match tree:
        case ast.Name(id=name):
            return kinds[name]
        case ast.Constant(value=value):
            return bool if isinstance(value, bool) else int
        case ast.BoolOp(values=operands):
            return expect(bool, *operands)
        case ast.UnaryOp(operand=operand):
            return expect(bool, operand)
        case ast.Compare(left=left, ops=[ast.Eq() | ast.NotEq()], comparators=[right]):
            expect(_kind(left, kinds), right)
            return bool
        case ast.Compare(left=left, comparators=[right]):
            expect(int, left, right)
            return bool
        case ast.IfExp(test=test, body=body, orelse=orelse):
            expect(bool, test)
            return expect(_kind(body, kinds), orelse)
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub(), right=right):
            for part in (left, right):
                _kind(part, kinds)
            return int
        case ast.BinOp(left=left, right=right) | ast.Call(args=[left, right]):
            return expect(int, left, right)
        case ast.Subscript(value=ast.Tuple(elts=[first, *rest]), slice=index):
            expect(int, index)
            return expect(_kind(first, kinds), *rest)
    raise AssertionError(f"{ast.unparse(tree)} was not admitted by parse")


def _admit(tree: ast.expr) -> None:
    match tree:
        case ast.Constant(value=int(value)) if abs(value) > LARGEST_NUMBER:
            raise ValueError(f"{shown(value)} is too large; a number has nine digits at most")
        case ast.Name() | ast.Constant(value=int()):
            return
        case ast.BoolOp(values=operands):
            parts = operands
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            parts = [operand]
        case ast.Compare(left=left, ops=[operator], comparators=[right]) if (
            type(operator) in _COMPARISONS
        ):
            parts = [left, right]
        case ast.IfExp(test=test, body=body, orelse=orelse):
            parts = [test, body, orelse]
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub(), right=right):
            parts = [left, right]
        case ast.BinOp(
            left=left, op=ast.Mod(), right=ast.Constant(value=int(divisor)) as right
        ) if divisor > 0 and divisor is not True:
            parts = [left, right]
        case ast.Call(func=ast.Name(id="min" | "max"), args=[left, right], keywords=[]):
            parts = [left, right]
        case ast.Subscript(value=ast.Tuple(elts=[_, *_] as items), slice=index) if all(
            isinstance(item, ast.Constant) and isinstance(item.value, int) for item in items
        ):
            parts = [index, *items]
        case _:
            text = shortened(ast.unparse(tree))
            raise ValueError(f"'{text}' does not belong in a logic expression")
    for part in parts:
        _admit(part)


def names_read(tree: ast.expr) -> list[str]:
    """Return every name that a tree reads, in the order in which a reader meets them."""
    # Not ast.walk: that goes breadth first, and a reader meets names from left to right.
    if isinstance(tree, ast.IfExp):
        return [*names_read(tree.body), *names_read(tree.test), *names_read(tree.orelse)]
    if isinstance(tree, ast.Name):
        return [tree.id]
    if isinstance(tree, ast.Call):
        return [name for part in tree.args for name in names_read(part)]
    children = (child for child in ast.iter_child_nodes(tree) if isinstance(child, ast.expr))
    return [name for child in children for name in names_read(child)]


def _evaluate(tree: ast.expr, values: Mapping[str, Values]) -> Any:
    match tree:
        case ast.Name(id=name):
            return values[name]
        case ast.Constant(value=value):
            return value
        case ast.BoolOp(op=ast.And(), values=operands):
            return reduce(np.logical_and, (_evaluate(item, values) for item in operands))
        case ast.BoolOp(values=operands):
            return reduce(np.logical_or, (_evaluate(item, values) for item in operands))
        case ast.UnaryOp(operand=operand):
            return np.logical_not(_evaluate(operand, values))
        case ast.Compare(left=left, ops=[operator], comparators=[right]):
            return _COMPARISONS[type(operator)](_evaluate(left, values), _evaluate(right, values))
        case ast.IfExp(test=test, body=body, orelse=orelse):
            parts = (_evaluate(part, values) for part in (test, body, orelse))
            return np.where(*parts)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return np.add(_evaluate(left, values), _evaluate(right, values), dtype=np.int64)
        case ast.BinOp(left=left, op=ast.Mod(), right=right):
            return np.remainder(_evaluate(left, values), _evaluate(right, values))
        case ast.BinOp(left=left, right=right):
            return np.subtract(_evaluate(left, values), _evaluate(right, values), dtype=np.int64)
        case ast.Call(func=ast.Name(id=name), args=[left, right]):
            return _CHOICES[name](_evaluate(left, values), _evaluate(right, values))
        case ast.Subscript(value=ast.Tuple(elts=items), slice=index):
            table = np.array([ast.literal_eval(item) for item in items])
            return np.take(table, np.asarray(_evaluate(index, values), dtype=np.int64), mode="clip")
    raise AssertionError(f"{ast.unparse(tree)} was not admitted by parse")
