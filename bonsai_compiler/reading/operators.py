"""The operators of the programs that are looked for: as syntax, and on whole columns."""

import ast
from collections.abc import Sequence

import numpy as np

COMPARISONS: dict[str, tuple[type[ast.cmpop], np.ufunc]] = {
    "==": (ast.Eq, np.equal),
    "<": (ast.Lt, np.less),
    ">": (ast.Gt, np.greater),
    ">=": (ast.GtE, np.greater_equal),
    "<=": (ast.LtE, np.less_equal),
    "!=": (ast.NotEq, np.not_equal),
}
ARITHMETIC: dict[str, tuple[type[ast.operator], np.ufunc]] = {
    "+": (ast.Add, np.add),
    "-": (ast.Sub, np.subtract),
    "*": (ast.Mult, np.multiply),
    "%": (ast.Mod, np.mod),
    "//": (ast.FloorDiv, np.floor_divide),
}
BOUNDS: dict[str, np.ufunc] = {"max": np.maximum, "min": np.minimum}


def built(operator: str, parts: Sequence[ast.expr]) -> ast.expr:
    """Return an operation as Python's syntax tree."""
    match operator:
        case "not":
            return ast.UnaryOp(ast.Not(), parts[0])
        case "if":
            return ast.IfExp(*parts)
        case "and" | "or":
            joint = ast.And if operator == "and" else ast.Or
            flat: list[ast.expr] = []
            for part in parts:
                if isinstance(part, ast.BoolOp) and isinstance(part.op, joint):
                    flat += part.values
                else:
                    flat.append(part)
            return ast.BoolOp(joint(), flat)
        case "min" | "max":
            return ast.Call(ast.Name(operator), list(parts), [])
        case "+" | "-" if isinstance(parts[1], ast.BinOp) and isinstance(
            parts[1].op, ast.Add | ast.Sub
        ):
            # a + (b - c) is a + b - c, and a - (b - c) is a - b + c.
            inner = parts[1]
            turned = (operator == "-") != isinstance(inner.op, ast.Sub)
            left = built(operator, [parts[0], inner.left])
            return built("-" if turned else "+", [left, inner.right])
        case _ if operator in COMPARISONS:
            return ast.Compare(parts[0], [COMPARISONS[operator][0]()], [parts[1]])
        case _:
            return ast.BinOp(parts[0], ARITHMETIC[operator][0](), parts[1])
