"""Logic expressions as Boolean equations, in the notation of sympy."""

from collections.abc import Iterator
from itertools import product

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
from bonsai_compiler.ir.values import Domains, Values, is_truth, kind_of
from bonsai_compiler.logic.propositions import (
    FALSE,
    TRUE,
    Proposition,
    all_of,
    any_of,
    differ,
    negation,
)
from bonsai_compiler.logic.two_level import DASH, EXACT, minimum_cover


def formula(expression: Expression, domains: Domains) -> str:
    """Return a two-valued expression in sympy's notation, `~`, `&`, `|` and `^`.

    `domains` gives the values of each name; what asks for the level of a name with more than two
    stands in square brackets. Sums of bools are written out.
    """
    return str(_formula(expression, domains))


def formula_of_level(expression: Expression, level: int, domains: Domains) -> str:
    """Return when a many-valued expression takes the value `level`, in the same notation."""
    return str(_is_level(expression, level, domains))


def _condition(expression: Expression) -> Proposition:
    """Return what a comparison asks, or a choice; where a comparison fails its opposite holds."""
    compares = isinstance(expression, Operation) and expression.operator in OPPOSITES
    contrary = f"[{negated(expression)}]" if compares else ""
    return Proposition(name=f"[{expression}]", contrary=contrary)


def _formula(tree: Expression, domains: Domains) -> Proposition:
    match tree:
        case Name(name):
            return Proposition(name=name)
        case Constant(value):
            return TRUE if value else FALSE
        case Operation("not", (part,)):
            return negation(_formula(part, domains))
        case Operation("and" | "or" as operator, operands):
            join = {"and": all_of, "or": any_of}[operator]
            return join(_formula(part, domains) for part in operands)
        case Operation("if", operands):
            asked, yes, no = (_formula(part, domains) for part in operands)
            return all_of([any_of([negation(asked), yes]), any_of([asked, no])])
        case Operation("==" | "!=" as sign, operands) if all(
            kind_of(part, domains) is Kind.BIT for part in operands
        ):
            whole = differ(_formula(part, domains) for part in operands)
            return whole if sign == "!=" else negation(whole)
        case _:
            return _expanded(tree, True, domains)


def _is_level(tree: Expression, level: int, domains: Domains) -> Proposition:
    test, yes, no = _choice(tree) or (tree, tree, tree)
    name = _only_level(test, domains)
    if name is not None:
        cases = _cases(tree, name, domains[name], domains)
        return any_of(_within(own, name, end, level, domains) for own, end in cases)
    if test is not tree:
        asked = _formula(test, domains)
        first, second = (_is_level(part, level, domains) for part in (yes, no))
        return any_of([all_of([asked, first]), all_of([negation(asked), second])])
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


def _within(
    values: Values, name: str, tree: Expression, level: int, domains: Domains
) -> Proposition:
    """Return when an expression is `level` and the name has one of these values."""
    if _only_level(tree, domains) == name:
        return _among(name, _where(tree, name, values, level), domains)
    return all_of([_among(name, values, domains), _is_level(tree, level, domains)])


def _where(tree: Expression, name: str, values: Values, level: int) -> tuple[int, ...]:
    """Return the values of `name` at which an expression of nothing else is `level`."""
    results = np.broadcast_to(evaluate(tree, {name: np.array(values)}), len(values))
    return tuple(value for value, result in zip(values, results, strict=True) if result == level)


def _among(name: str, values: Values, domains: Domains) -> Proposition:
    """Return when a name takes one of these values: all but one are told by that one."""
    others = set(domains[name]) - set(values)
    if not others:
        return TRUE
    if len(others) == 1 and len(values) > 1:
        return negation(_condition(compared(Name(name), "==", Constant(others.pop()))))
    return any_of(_condition(compared(Name(name), "==", Constant(value))) for value in values)


def _expanded(tree: Expression, wanted: int, domains: Domains) -> Proposition:
    """Return when an expression takes a value, as a sum of products where it reads bools alone."""
    names = arguments(tree)
    if len(names) > EXACT or not all(is_truth(name, domains) for name in names):
        return _condition(tree if wanted is True else compared(tree, "==", Constant(wanted)))
    rows = np.array(list(product((False, True), repeat=len(names))), dtype=np.bool_)
    columns = dict(zip(names, rows.T, strict=True))
    results = np.broadcast_to(evaluate(tree, columns), len(rows)) == wanted
    sides = [(negation(symbol), symbol) for symbol in (Proposition(name=name) for name in names)]
    cubes = minimum_cover(results.astype(np.int8).reshape((2,) * len(names)))
    return any_of(
        all_of(own[side] for own, side in zip(sides, cube, strict=True) if side != DASH)
        for cube in cubes
    )
