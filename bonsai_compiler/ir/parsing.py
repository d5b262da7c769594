"""From text to trees: Python's own parser reads, without a word, and an expression is made of it.

What does not belong into an expression is refused.
"""

import ast
from functools import lru_cache
from warnings import catch_warnings, simplefilter

from bonsai_compiler.errors import shortened, shown
from bonsai_compiler.ir.expression import (
    Constant,
    Expression,
    Name,
    expect_readable,
    looked_up,
    operation,
)

LARGEST_NUMBER = 10**9 - 1
"""The largest number that may be written; ports and levels have nine digits at most, too."""

_OPERATORS: dict[type[ast.AST], str] = {
    ast.And: "and",
    ast.Or: "or",
    ast.Not: "not",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Add: "+",
    ast.Sub: "-",
}


@lru_cache(maxsize=65536)
def parse(text: str) -> Expression:
    """Return the expression that a text means.

    Raises ValueError, saying what does not belong, for anything outside the language, and
    UnreadableError for what is nested too deeply.
    """
    try:
        tree = expression_tree(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ValueError(f"'{shortened(text)}' is no expression") from None
    expect_readable(_depth(tree), text)
    return _admitted(_Signed().visit(tree))


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


def _admitted(tree: ast.expr) -> Expression:
    match tree:
        case ast.Name(id=name):
            return Name(name)
        case ast.Constant(value=int(value)):
            return _constant(value)
        case ast.BoolOp(op=sign, values=operands):
            return _operation(sign, *operands)
        case ast.UnaryOp(op=ast.Not() as sign, operand=operand):
            return _operation(sign, operand)
        case ast.Compare(left=left, ops=[sign], comparators=[right]) if type(sign) in _OPERATORS:
            return _operation(sign, left, right)
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as sign, right=right):
            return _operation(sign, left, right)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return operation("if", [_admitted(part) for part in (test, body, orelse)])
        case ast.BinOp(left=left, op=ast.Mod(), right=ast.Constant(value=int(divisor))) if (
            divisor > 0 and divisor is not True
        ):
            return operation("%", [_admitted(left), _constant(divisor)])
        case ast.Call(func=ast.Name(id="min" | "max" as name), args=[left, right], keywords=[]):
            return operation(name, [_admitted(left), _admitted(right)])
        case ast.Subscript(value=ast.Tuple(elts=[_, *_] as items), slice=place):
            entries = [item.value for item in items if isinstance(item, ast.Constant)]
            numbers = [value for value in entries if isinstance(value, int)]
            if len(numbers) == len(items):
                index = _admitted(place)
                return looked_up([_constant(value).value for value in numbers], index)
    fault = f"'{shortened(ast.unparse(tree))}' does not belong in a logic expression"
    raise ValueError(fault)


def _operation(sign: ast.AST, *operands: ast.expr) -> Expression:
    return operation(_OPERATORS[type(sign)], [_admitted(part) for part in operands])


def _constant(value: int) -> Constant:
    if abs(value) > LARGEST_NUMBER:
        raise ValueError(f"{shown(value)} is too large; a number has nine digits at most")
    return Constant(value)


def expression_tree(text: str) -> ast.expr:
    """Return the tree of an expression; raises what `ast.parse` raises."""
    with catch_warnings():
        simplefilter("ignore", SyntaxWarning)
        return ast.parse(text, mode="eval").body


def module_tree(source: str | bytes) -> ast.Module:
    """Return the tree of a file's text; raises what `ast.parse` raises."""
    with catch_warnings():
        simplefilter("ignore", SyntaxWarning)
        return ast.parse(source)
