"""Logic expressions as Boolean equations, in the notation of sympy."""

import ast
from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np

from bonsai_compiler.ir.expression import arguments, evaluate, parse
from bonsai_compiler.ir.rewriting import phrase
from bonsai_compiler.ir.values import Domains, Values, is_truth, kind_of
from bonsai_compiler.logic.two_level import EITHER, EXACT, minimum_cover


def formula(expression: str, domains: Domains) -> str:
    """Return a two-valued expression in sympy's notation, `~`, `&`, `|` and `^`.

    `domains` gives the values of each name; what asks for the level of a name with more than two
    stands in square brackets. Sums of bools are written out.
    """
    return _told(_formula(parse(expression), domains))


def formula_of_level(expression: str, level: int, domains: Domains) -> str:
    """Return when a many-valued expression takes the value `level`, in the same notation."""
    return _told(_is_level(parse(expression), level, domains))


def _told(proposition: Any) -> str:
    """Return a proposition as text, where a comparison that fails is the one that then holds."""
    from sympy import Not, Symbol

    failing = {
        item: opposite
        for item in proposition.atoms(Not)
        if isinstance(item.args[0], Symbol) and (opposite := _opposite(item.args[0].name))
    }
    return str(proposition.xreplace({item: Symbol(name) for item, name in failing.items()}))


def _asked(text: str) -> Any:
    """Return what a comparison asks; of a comparison and its opposite, one denies the other."""
    from sympy import Not, Symbol

    name = f"[{text}]"
    opposite = _opposite(name) or name
    return Symbol(name) if name <= opposite else Not(Symbol(opposite))


def _opposite(name: str) -> str | None:
    """Return what holds where a bracketed comparison fails, None for any other name."""
    opposite = phrase(name[1:-1]).opposite if name.startswith("[") else None
    return f"[{opposite.text}]" if opposite else None


def _formula(tree: ast.expr, domains: Domains) -> Any:
    from sympy import And, Not, Or, Symbol, Xor, false, true

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
            # Not sympy's ITE, which writes out every ^ within: twice as long for each of them.
            asked = _formula(test, domains)
            yes, no = _formula(body, domains), _formula(orelse, domains)
            return And(Or(Not(asked), yes), Or(asked, no))
        case ast.Compare(left=left, ops=[operator], comparators=[right]) if all(
            kind_of(ast.unparse(part), domains) is bool for part in (left, right)
        ):
            differ = Xor(_formula(left, domains), _formula(right, domains))
            return differ if isinstance(operator, ast.NotEq) else Not(differ)
        case _:
            return _expanded(ast.unparse(tree), True, domains)


def _is_level(tree: ast.expr, level: int, domains: Domains) -> Any:
    from sympy import And, Not, Or

    choice = tree if isinstance(tree, ast.IfExp) else None
    name = _only_level(choice.test if choice else tree, domains)
    if name is not None:
        cases = _cases(tree, name, domains[name], domains)
        return Or(*(_within(own, name, end, level, domains) for own, end in cases))
    if choice:
        test = _formula(choice.test, domains)
        yes, no = (_is_level(part, level, domains) for part in (choice.body, choice.orelse))
        return Or(And(test, yes), And(Not(test), no))
    return _expanded(ast.unparse(tree), level, domains)


def _only_level(tree: ast.expr, domains: Domains) -> str | None:
    """Return the many-valued name that is all that an expression reads, None for any other."""
    names = arguments(ast.unparse(tree))
    return names[0] if len(names) == 1 and not is_truth(names[0], domains) else None


def _cases(
    tree: ast.expr, name: str, values: Values, domains: Domains
) -> Iterator[tuple[Values, ast.expr]]:
    """Yield what a chain of choices by the level of `name` comes to, and at which values."""
    if not isinstance(tree, ast.IfExp) or _only_level(tree.test, domains) != name:
        yield values, tree
        return
    yes = _where(tree.test, name, values, level=True)
    no = tuple(value for value in values if value not in yes)
    for own, part in ((yes, tree.body), (no, tree.orelse)):
        if own:
            yield from _cases(part, name, own, domains)


def _within(values: Values, name: str, tree: ast.expr, level: int, domains: Domains) -> Any:
    """Return when an expression is `level` and the name has one of these values."""
    from sympy import And

    if _only_level(tree, domains) == name:
        return _among(name, _where(tree, name, values, level), domains)
    return And(_among(name, values, domains), _is_level(tree, level, domains))


def _where(tree: ast.expr, name: str, values: Values, level: int) -> tuple[int, ...]:
    """Return the values of `name` at which an expression of nothing else is `level`."""
    results = np.broadcast_to(evaluate(ast.unparse(tree), {name: np.array(values)}), len(values))
    return tuple(value for value, result in zip(values, results, strict=True) if result == level)


def _among(name: str, values: Values, domains: Domains) -> Any:
    """Return when a name takes one of these values: all but one are told by that one."""
    from sympy import Not, Or, true

    others = set(domains[name]) - set(values)
    if not others:
        return true
    if len(others) == 1 and len(values) > 1:
        return Not(_asked(f"{name} == {others.pop()}"))
    return Or(*(_asked(f"{name} == {value}") for value in values))


def _expanded(text: str, wanted: int, domains: Domains) -> Any:
    """Return when an expression takes a value, as a sum of products where it reads bools alone."""
    from sympy import And, Not, Or, Symbol

    names = arguments(text)
    if len(names) > EXACT or not all(is_truth(name, domains) for name in names):
        return _asked(text if wanted is True else f"{text} == {wanted}")
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
