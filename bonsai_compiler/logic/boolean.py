"""Logic expressions as Boolean equations, in the notation of sympy."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np

from bonsai_compiler.ir.expression import (
    OPPOSITES,
    Constant,
    Expression,
    Name,
    Operation,
    arguments,
    compared,
    negated,
)
from bonsai_compiler.ir.interpreter import evaluate
from bonsai_compiler.ir.kinds import Kind
from bonsai_compiler.ir.parsing import parse
from bonsai_compiler.ir.values import Domains, Values, is_truth, kind_of
from bonsai_compiler.logic.two_level import DASH, EXACT, minimum_cover


def formula(expression: Expression, domains: Domains) -> str:
    """Return a two-valued expression in sympy's notation, `~`, `&`, `|` and `^`.

    `domains` gives the values of each name; what asks for the level of a name with more than two
    stands in square brackets. Sums of bools are written out.
    """
    return _text_of(_formula(expression, domains))


def formula_of_level(expression: Expression, level: int, domains: Domains) -> str:
    """Return when a many-valued expression takes the value `level`, in the same notation."""
    return _text_of(_is_level(expression, level, domains))


def _text_of(proposition: Any) -> str:
    """Return a proposition as text, where a comparison that fails is the one that then holds."""
    from sympy import Not, Symbol

    failing = {
        item: opposite
        for item in proposition.atoms(Not)
        if isinstance(item.args[0], Symbol) and (opposite := _opposite(item.args[0].name))
    }
    return str(proposition.xreplace({item: Symbol(name) for item, name in failing.items()}))


def _condition(expression: Expression) -> Any:
    """Return what a comparison asks; of a comparison and its opposite, one denies the other."""
    from sympy import Not, Symbol

    name = f"[{expression}]"
    opposite = _opposite(name) or name
    return Symbol(name) if name <= opposite else Not(Symbol(opposite))


def _opposite(name: str) -> str | None:
    """Return what holds where a bracketed comparison fails, None for any other name."""
    asked = parse(name[1:-1]) if name.startswith("[") else None
    compares = isinstance(asked, Operation) and asked.operator in OPPOSITES
    return f"[{negated(asked)}]" if asked and compares else None


def _formula(tree: Expression, domains: Domains) -> Any:
    from sympy import And, Not, Or, Symbol, Xor, false, true

    match tree:
        case Name(name):
            return Symbol(name)
        case Constant(value):
            return true if value else false
        case Operation("and" | "or" | "not" as operator, operands):
            join = {"and": And, "or": Or, "not": Not}[operator]
            return join(*(_formula(part, domains) for part in operands))
        case Operation("if", operands):
            # Not sympy's ITE, which writes out every ^ within: twice as long for each of them.
            asked, yes, no = (_formula(part, domains) for part in operands)
            return And(Or(Not(asked), yes), Or(asked, no))
        case Operation("==" | "!=" as sign, operands) if all(
            kind_of(part, domains) is Kind.BIT for part in operands
        ):
            differ = Xor(*(_formula(part, domains) for part in operands))
            return differ if sign == "!=" else Not(differ)
        case _:
            return _expanded(tree, True, domains)


def _is_level(tree: Expression, level: int, domains: Domains) -> Any:
    from sympy import And, Not, Or

    test, yes, no = _choice(tree) or (tree, tree, tree)
    name = _only_level(test, domains)
    if name is not None:
        cases = _cases(tree, name, domains[name], domains)
        return Or(*(_within(own, name, end, level, domains) for own, end in cases))
    if test is not tree:
        asked = _formula(test, domains)
        first, second = (_is_level(part, level, domains) for part in (yes, no))
        return Or(And(asked, first), And(Not(asked), second))
    return _expanded(tree, level, domains)


def _choice(tree: Expression) -> tuple[Expression, Expression, Expression] | None:
    """Return what a choice asks, and what it gives if that holds and if not."""
    match tree:
        case Operation("if", (test, yes, no)):
            return test, yes, no
    return None


def _only_level(tree: Expression, domains: Domains) -> str | None:
    """Return the many-valued name that is all that an expression reads, None for any other."""
    names = arguments(tree)
    return names[0] if len(names) == 1 and not is_truth(names[0], domains) else None


def _cases(
    tree: Expression, name: str, values: Values, domains: Domains
) -> Iterator[tuple[Values, Expression]]:
    """Yield what a chain of choices by the level of `name` comes to, and at which values."""
    match tree:
        case Operation("if", (test, yes, no)) if _only_level(test, domains) == name:
            held = _where(test, name, values, level=True)
            others = tuple(value for value in values if value not in held)
            for own, part in ((held, yes), (others, no)):
                if own:
                    yield from _cases(part, name, own, domains)
        case _:
            yield values, tree


def _within(values: Values, name: str, tree: Expression, level: int, domains: Domains) -> Any:
    """Return when an expression is `level` and the name has one of these values."""
    from sympy import And

    if _only_level(tree, domains) == name:
        return _among(name, _where(tree, name, values, level), domains)
    return And(_among(name, values, domains), _is_level(tree, level, domains))


def _where(tree: Expression, name: str, values: Values, level: int) -> tuple[int, ...]:
    """Return the values of `name` at which an expression of nothing else is `level`."""
    results = np.broadcast_to(evaluate(tree, {name: np.array(values)}), len(values))
    return tuple(value for value, result in zip(values, results, strict=True) if result == level)


def _among(name: str, values: Values, domains: Domains) -> Any:
    """Return when a name takes one of these values: all but one are told by that one."""
    from sympy import Not, Or, true

    others = set(domains[name]) - set(values)
    if not others:
        return true
    if len(others) == 1 and len(values) > 1:
        return Not(_condition(compared(Name(name), "==", Constant(others.pop()))))
    return Or(*(_condition(compared(Name(name), "==", Constant(value))) for value in values))


def _expanded(tree: Expression, wanted: int, domains: Domains) -> Any:
    """Return when an expression takes a value, as a sum of products where it reads bools alone."""
    from sympy import And, Not, Or, Symbol

    names = arguments(tree)
    if len(names) > EXACT or not all(is_truth(name, domains) for name in names):
        return _condition(tree if wanted is True else compared(tree, "==", Constant(wanted)))
    rows = np.array(list(product((False, True), repeat=len(names))), dtype=np.bool_)
    columns = dict(zip(names, rows.T, strict=True))
    results = np.broadcast_to(evaluate(tree, columns), len(rows)) == wanted
    symbols = [Symbol(name) for name in names]
    products = [
        And(
            *(
                symbol if side else Not(symbol)
                for symbol, side in zip(symbols, cube, strict=True)
                if side != DASH
            )
        )
        for cube in minimum_cover(results.astype(np.int8).reshape((2,) * len(names)))
    ]
    return Or(*products)
