"""Boolean algebra, by sympy: minimal two-level forms and their text."""

import ast
from collections.abc import Mapping
from typing import Any

import numpy as np

from bonsai_compiler.domains import TRUTH
from bonsai_compiler.expression import arguments, evaluate, parse

Rows = frozenset[tuple[tuple[int, ...], int]]


def sum_and_product(names: tuple[str, ...], rows: Rows) -> tuple[str, str]:
    """Return the table as a minimal sum of products and as a minimal product of sums.

    Rows that the table leaves out are "don't care". The text is Python's `and`, `or`, `not`.
    """
    # sympy takes half a second to import, and most commands need none of it.
    from sympy import Symbol
    from sympy.logic import POSform, SOPform

    symbols = [Symbol(f"v{place}") for place in range(len(names))]
    given = {row for row, _ in rows}
    true = [list(row) for row, value in rows if value]
    free = [list(row) for row in _all_rows(len(names)) if row not in given]
    forms = SOPform(symbols, true, free), POSform(symbols, true, free)
    words = {f"v{place}": name for place, name in enumerate(names)}
    order = {name: place for place, name in enumerate(names)}
    return _text(forms[0], words, order), _text(forms[1], words, order)


def _all_rows(width: int) -> list[tuple[int, ...]]:
    return [
        tuple(number >> place & 1 for place in reversed(range(width))) for number in range(2**width)
    ]


def _text(form: Any, words: dict[str, str], order: dict[str, int]) -> str:
    from sympy import And, Not, Or, Symbol

    if isinstance(form, Symbol):
        return words[form.name]
    if isinstance(form, Not):
        return f"not ({_text(form.args[0], words, order)})"
    if isinstance(form, And | Or):

        def place(part: Any) -> tuple[int, list[int]]:
            places = sorted(order[words[symbol.name]] for symbol in part.free_symbols)
            return len(places), places

        joint = " and " if isinstance(form, And) else " or "
        parts = sorted(form.args, key=place)
        return joint.join(f"({_text(part, words, order)})" for part in parts)
    return repr(bool(form))


def formula(expression: str, domains: Mapping[str, tuple[int, ...]]) -> str:
    """Return a two-valued expression in sympy's notation, `~`, `&`, `|` and `^`.

    `domains` gives the values of each name; what asks for the level of a name with more than two
    stands in square brackets.
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
            return Symbol(f"[{ast.unparse(tree)}]")


def _is_level(tree: ast.expr, level: int, domains: Mapping[str, tuple[int, ...]]) -> Any:
    from sympy import And, Not, Or, Symbol, false, true

    if isinstance(tree, ast.IfExp):
        test = _formula(tree.test, domains)
        yes, no = (_is_level(part, level, domains) for part in (tree.body, tree.orelse))
        return Or(And(test, yes), And(Not(test), no))
    text = ast.unparse(tree)
    names = arguments(text)
    if len(names) > 1:
        return Symbol(f"[{text} == {level}]")
    values = np.array(domains[names[0]] if names else (0,))
    results = np.broadcast_to(evaluate(text, dict.fromkeys(names, values)), values.shape)
    matching = [value for value, result in zip(values, results, strict=True) if result == level]
    if not names:
        return true if matching else false
    return Or(*(Symbol(f"[{names[0]} == {int(value)}]") for value in matching))


def _two_valued(tree: ast.expr, domains: Mapping[str, tuple[int, ...]]) -> bool:
    match tree:
        case ast.Name(id=name):
            return domains[name] is TRUTH
        case ast.Constant(value=value):
            return isinstance(value, bool)
        case ast.BinOp() | ast.Call() | ast.Subscript():
            return False
    return True
