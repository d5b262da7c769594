"""The language of logic nodes: a small subset of Python's expressions, on bools and integers.

`and`, `or`, `not`, one comparison, `a if c else b`, `+` and `-`, `min` and `max` of two,
integers, bools, and a table indexed by a name, `(2, 0, 1)[level]`. An emitted program holds these
expressions as they stand.
"""

import ast
import copy
from collections.abc import Mapping
from functools import lru_cache, reduce
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[Any]

_COMPARISONS: dict[type[ast.cmpop], Any] = {
    ast.Eq: np.equal,
    ast.NotEq: np.not_equal,
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
}


_SIGNS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
_CHOICES = {"min": np.minimum, "max": np.maximum}


@lru_cache(maxsize=65536)
def parse(expression: str) -> ast.expr:
    """Return the syntax tree of an expression.

    Raises ValueError, saying what does not belong, for anything outside the subset.
    """
    try:
        tree = ast.parse(expression, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ValueError(f"{expression!r} is no expression") from None
    _admit(tree)
    return tree


@lru_cache(maxsize=65536)
def arguments(expression: str) -> tuple[str, ...]:
    """Return the names that an expression reads, each once, in order of first appearance."""
    return tuple(dict.fromkeys(_names(parse(expression))))


def canonical(expression: str) -> str:
    """Return the expression with Python's own spacing, few brackets and no `not not`."""
    return _written(_Tidy().visit(copy.deepcopy(parse(expression))))


def occurrences(expression: str, name: str) -> int:
    """Return how often an expression reads a name."""
    return _names(parse(expression)).count(name)


def cost(expression: str) -> int:
    """Return how much there is to read: operands and operators, brackets not counted."""
    return sum(
        isinstance(part, ast.Name | ast.Constant | ast.unaryop | ast.IfExp | ast.BinOp)
        for part in ast.walk(parse(expression))
    )


def indexes(expression: str, name: str) -> bool:
    """Return whether a name stands as the index of a table, where nothing but a name can."""
    return any(
        isinstance(part, ast.Subscript) and ast.unparse(part.slice) == name
        for part in ast.walk(parse(expression))
    )


def substitute(expression: str, replacements: Mapping[str, str]) -> str:
    """Return the expression with names replaced by whole expressions."""

    class Replace(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.expr:
            return parse(replacements[node.id]) if node.id in replacements else node

    # A copy: the parsed tree is shared by everyone who asked for it.
    tree = Replace().visit(copy.deepcopy(parse(expression)))
    return _written(_Tidy().visit(copy.deepcopy(tree)))


def evaluate(expression: str, values: Mapping[str, Values]) -> Values:
    """Return the value of an expression, element by element, over equally long columns."""
    return np.asarray(_evaluate(parse(expression), values))


def _written(tree: ast.expr, binding: int = 0) -> str:
    """Return the text of a tree, in brackets if it binds less tightly than `binding`.

    Not ast.unparse: that writes `a and (not b)`.
    """
    match tree:
        case ast.IfExp(test=test, body=body, orelse=orelse):
            own = 0
            text = f"{_written(body, 1)} if {_written(test, 1)} else {_written(orelse)}"
        case ast.BoolOp(op=ast.Or(), values=operands):
            own, text = 1, " or ".join(_written(part, 2) for part in operands)
        case ast.BoolOp(values=operands):
            own, text = 2, " and ".join(_written(part, 3) for part in operands)
        case ast.UnaryOp(operand=operand):
            own, text = 3, f"not {_written(operand, 3)}"
        case ast.Compare(left=left, ops=[operator], comparators=[right]):
            sign = _SIGNS[type(operator)]
            own, text = 4, f"{_written(left, 5)} {sign} {_written(right, 5)}"
        case ast.BinOp(left=left, op=operator, right=right):
            sign = "+" if isinstance(operator, ast.Add) else "-"
            own, text = 5, f"{_written(left, 5)} {sign} {_written(right, 6)}"
        case _:
            own, text = 6, ast.unparse(tree)
    return f"({text})" if own < binding else text


class _Tidy(ast.NodeTransformer):
    """Writes `not not a` as `a`, `not a == b` as `a != b`, and nested `and`s and `or`s as one."""

    _OPPOSITE: ClassVar[dict[type[ast.cmpop], type[ast.cmpop]]] = {
        ast.Eq: ast.NotEq,
        ast.NotEq: ast.Eq,
        ast.Lt: ast.GtE,
        ast.GtE: ast.Lt,
        ast.Gt: ast.LtE,
        ast.LtE: ast.Gt,
    }

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        self.generic_visit(node)
        match node.operand:
            case ast.UnaryOp(operand=inner):
                return inner
            case ast.Compare(left=left, ops=[operator], comparators=comparators):
                return ast.Compare(left, [self._OPPOSITE[type(operator)]()], comparators)
            case ast.Constant(value=value):
                return ast.Constant(not value)
        return node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        self.generic_visit(node)
        operands: list[ast.expr] = []
        for part in node.values:
            same = isinstance(part, ast.BoolOp) and type(part.op) is type(node.op)
            operands += part.values if same else [part]  # type: ignore[attr-defined]
        return ast.BoolOp(node.op, operands)


def _admit(tree: ast.expr) -> None:
    match tree:
        case ast.Name() | ast.Constant(value=bool() | int()):
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
        case ast.Call(func=ast.Name(id="min" | "max"), args=[left, right], keywords=[]):
            parts = [left, right]
        case ast.Subscript(value=ast.Tuple(elts=[_, *_] as items), slice=ast.Name()) if all(
            isinstance(item, ast.Constant) and isinstance(item.value, int) for item in items
        ):
            return
        case _:
            raise ValueError(f"{ast.unparse(tree)!r} does not belong in a logic expression")
    for part in parts:
        _admit(part)


def _names(tree: ast.expr) -> list[str]:
    # Not ast.walk: that goes breadth first, and a reader meets names from left to right.
    if isinstance(tree, ast.IfExp):
        return [*_names(tree.body), *_names(tree.test), *_names(tree.orelse)]
    if isinstance(tree, ast.Name):
        return [tree.id]
    if isinstance(tree, ast.Call):
        return [name for part in tree.args for name in _names(part)]
    children = (child for child in ast.iter_child_nodes(tree) if isinstance(child, ast.expr))
    return [name for child in children for name in _names(child)]


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
        case ast.BinOp(left=left, right=right):
            return np.subtract(_evaluate(left, values), _evaluate(right, values), dtype=np.int64)
        case ast.Call(func=ast.Name(id=name), args=[left, right]):
            return _CHOICES[name](_evaluate(left, values), _evaluate(right, values))
        case ast.Subscript(value=ast.Tuple(elts=items), slice=index):
            table = np.array([ast.literal_eval(item) for item in items])
            return np.take(table, np.asarray(_evaluate(index, values), dtype=np.int64), mode="clip")
    raise AssertionError(f"{ast.unparse(tree)} was not admitted by parse")
