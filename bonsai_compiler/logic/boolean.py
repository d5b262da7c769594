"""Logic expressions as Boolean equations, in the notation of sympy."""

import ast
from collections.abc import Mapping
from itertools import product
from typing import Any

import numpy as np

from bonsai_compiler.expression import arguments, evaluate, parse
from bonsai_compiler.logic.domains import TRUTH
from bonsai_compiler.logic.two_level import EITHER, EXACT, minimum_cover


def formula(expression: str, domains: Mapping[str, tuple[int, ...]]) -> str:
    """Return a two-valued expression in sympy's notation, `~`, `&`, `|` and `^`.

    `domains` gives the values of each name; what asks for the level of a name with more than two
    stands in square brackets. Sums of bools are written out.
    """
    return str(_formula(parse(expression), domains))


def formula_of_level(expression: str, level: int, domains: Mapping[str, tuple[int, ...]]) -> str:
    """Return when a many-valued expression takes the value `level`, in the same notation."""
    return str(_is_level(parse(expression), level, domains))


def _formula(tree: ast.expr, domains: Mapping[str, tuple[int, ...]]) -> Any:
    from sympy import ITE, And, Not, Or, Symbol, Xor, false, true

    match tree:
        case ast.Name(id=name):
            return Symbol(name)
        case ast.Constant(value=value):
            return true if value else false
        case ast.UnaryOp(operand=operand):
            return Not(_formula(operand, domains))
        case ast.BoolOp(op=operator, values=operands):
            join = And if isinstance(operator, ast.And) else Or
            return join(*(_formula(part, domains) for part in operands))
        case ast.IfExp(test=test, body=body, orelse=orelse):
            parts = [_formula(part, domains) for part in (test, body, orelse)]
            return ITE(*parts).to_nnf(simplify=False)
        case ast.Compare(left=left, ops=[operator], comparators=[right]) if all(
            _two_valued(part, domains) for part in (left, right)
        ):
            differ = Xor(_formula(left, domains), _formula(right, domains))
            return differ if isinstance(operator, ast.NotEq) else Not(differ)
        case _:
            return _expanded(ast.unparse(tree), True, domains)


def _is_level(tree: ast.expr, level: int, domains: Mapping[str, tuple[int, ...]]) -> Any:
    from sympy import And, Not, Or, Symbol

    if isinstance(tree, ast.IfExp):
        test = _formula(tree.test, domains)
        yes, no = (_is_level(part, level, domains) for part in (tree.body, tree.orelse))
        return Or(And(test, yes), And(Not(test), no))
    text = ast.unparse(tree)
    names = arguments(text)
    if len(names) != 1 or domains[names[0]] is TRUTH:
        return _expanded(text, level, domains)
    values = np.array(domains[names[0]])
    results = np.broadcast_to(evaluate(text, {names[0]: values}), values.shape)
    matching = [value for value, result in zip(values, results, strict=True) if result == level]
    return Or(*(Symbol(f"[{names[0]} == {int(value)}]") for value in matching))


def _expanded(text: str, wanted: int, domains: Mapping[str, tuple[int, ...]]) -> Any:
    """Return when an expression takes a value, as a sum of products where it reads bools alone."""
    from sympy import And, Not, Or, Symbol

    names = arguments(text)
    if len(names) > EXACT or not all(domains[name] is TRUTH for name in names):
        return Symbol(f"[{text}]" if wanted is True else f"[{text} == {wanted}]")
    rows = np.array(list(product((False, True), repeat=len(names))), dtype=np.bool_)
    columns = dict(zip(names, rows.T, strict=True))
    results = np.broadcast_to(evaluate(text, columns), len(rows)) == wanted
    symbols = [Symbol(name) for name in names]
    products = [
        And(
            *(
                symbol if side else Not(symbol)
                for symbol, side in zip(symbols, cube, strict=True)
                if side != EITHER
            )
        )
        for cube in minimum_cover(results.astype(np.int8).reshape((2,) * len(names)))
    ]
    return Or(*products)


def _two_valued(tree: ast.expr, domains: Mapping[str, tuple[int, ...]]) -> bool:
    match tree:
        case ast.Name(id=name):
            return domains[name] is TRUTH
        case ast.Constant(value=value):
            return isinstance(value, bool)
        case ast.BinOp() | ast.Call() | ast.Subscript():
            return False
    return True
