"""Logic expressions as Boolean equations, in the notation of sympy."""

from itertools import product

import numpy as np

from bonsai_compiler.ir.expression import (
    OPPOSITES,
    Constant,
    Expression,
    Name,
    Operation,
    arguments,
    negated,
)
from bonsai_compiler.ir.interpreter import evaluate
from bonsai_compiler.ir.kinds import Kind
from bonsai_compiler.ir.values import Domains, is_truth, kind_of
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


def proposition(expression: Expression, domains: Domains) -> Proposition:
    """Return a two-valued expression as a proposition.

    `domains` gives the values of each name; what asks for the level of a name with more than two
    stands in square brackets. Sums of bools are written out.
    """
    match expression:
        case Name(name):
            return Proposition(name=name)
        case Constant(value):
            return TRUE if value else FALSE
        case Operation("not", (part,)):
            return negation(proposition(part, domains))
        case Operation("and" | "or" as operator, operands):
            join = {"and": all_of, "or": any_of}[operator]
            return join(proposition(part, domains) for part in operands)
        case Operation("if", operands):
            return _choice(*(proposition(part, domains) for part in operands))
        case Operation("==" | "!=" as sign, operands) if all(
            kind_of(part, domains) is Kind.BIT for part in operands
        ):
            whole = differ(proposition(part, domains) for part in operands)
            return whole if sign == "!=" else negation(whole)
        case _:
            return _expanded(expression, domains)


def _choice(asked: Proposition, yes: Proposition, no: Proposition) -> Proposition:
    """Return a choice as a product of sums or a sum of products, whichever is less to read."""
    if yes == negation(no):
        return differ([asked, no])
    products = any_of([all_of([asked, yes]), all_of([negation(asked), no])])
    sums = all_of([any_of([negation(asked), yes]), any_of([asked, no])])
    return min(products, sums, key=lambda way: (way.literals, way.size))


def _condition(expression: Expression) -> Proposition:
    """Return what a comparison asks, or a choice; where a comparison fails its opposite holds."""
    compares = isinstance(expression, Operation) and expression.operator in OPPOSITES
    contrary = f"[{negated(expression)}]" if compares else ""
    return Proposition(name=f"[{expression}]", contrary=contrary)


def _expanded(tree: Expression, domains: Domains) -> Proposition:
    """Return when an expression holds, as a sum of products where it reads bools alone."""
    names = arguments(tree)
    if len(names) > EXACT or not all(is_truth(name, domains) for name in names):
        return _condition(tree)
    rows = np.array(list(product((False, True), repeat=len(names))), dtype=np.bool_)
    columns = dict(zip(names, rows.T, strict=True))
    results = np.broadcast_to(evaluate(tree, columns), len(rows))
    sides = [(negation(symbol), symbol) for symbol in (Proposition(name=name) for name in names)]
    cubes = minimum_cover(results.astype(np.int8).reshape((2,) * len(names)))
    return any_of(
        all_of(own[side] for own, side in zip(sides, cube, strict=True) if side != DASH)
        for cube in cubes
    )
