"""Rewrite logic expressions: tidy text, names replaced, and how much there is to read."""

import ast
from collections.abc import Mapping
from typing import ClassVar

from bonsai_compiler.expression import names_read, parse

_SIGNS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}


def canonical(expression: str) -> str:
    """Return the expression with Python's own spacing, few brackets and no `not not`."""
    return _written(_Tidy().visit(_fresh(expression)))


def occurrences(expression: str, name: str) -> int:
    """Return how often an expression reads a name."""
    return names_read(parse(expression)).count(name)


def cost(expression: str) -> int:
    """Return how much there is to read: operands and operators, brackets not counted."""
    return sum(
        isinstance(part, ast.Name | ast.Constant | ast.unaryop | ast.IfExp | ast.BinOp)
        for part in ast.walk(parse(expression))
    )


def substitute(expression: str, replacements: Mapping[str, str]) -> str:
    """Return the expression with names replaced by whole expressions."""

    class Replace(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.expr:
            return _fresh(replacements[node.id]) if node.id in replacements else node

        def visit_Call(self, node: ast.Call) -> ast.expr:
            # Not the function: a node may be called min.
            node.args = [self.visit(part) for part in node.args]
            return node

        def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
            index = self.visit(node.slice)
            if isinstance(index, ast.Constant) and isinstance(node.value, ast.Tuple):
                return node.value.elts[index.value]  # type: ignore[index]
            return ast.Subscript(node.value, index)

    return _written(_Tidy().visit(Replace().visit(_fresh(expression))))


def _fresh(expression: str) -> ast.expr:
    """Return a tree of one's own; those of `parse` are shared by everyone who asked for them."""
    parse(expression)
    return ast.parse(expression, mode="eval").body


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
    """Writes `not not a` as `a`, `not a == b` as `a != b`, and nested `and`s and `or`s as one.

    `a if not c else b` becomes `b if c else a`.
    """

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

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        self.generic_visit(node)
        match node.test:
            case ast.UnaryOp(operand=inner):
                return ast.IfExp(inner, node.orelse, node.body)
        return node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        self.generic_visit(node)
        operands: list[ast.expr] = []
        for part in node.values:
            same = isinstance(part, ast.BoolOp) and type(part.op) is type(node.op)
            operands += part.values if same else [part]  # type: ignore[attr-defined]
        return ast.BoolOp(node.op, operands)
