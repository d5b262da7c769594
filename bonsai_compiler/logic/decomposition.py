"""Take a table apart: ways to write it with the expressions of smaller tables.

A bool is set apart by `!=`; arguments that matter only together become one condition (Ashenhurst
decomposition); a condition chooses between two tables. Each way is a function, so that it costs
nothing until it is called; `Express` is what it calls for the smaller tables.
"""

import math
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import combinations
from typing import Any

import numpy as np

from bonsai_compiler.ir.expression import (
    FALSE,
    TRUE,
    Constant,
    Expression,
    choice,
    compared,
    differ,
    joined,
    negated,
)
from bonsai_compiler.logic.arithmetic import Argument
from bonsai_compiler.logic.tables import (
    DONT_CARE,
    Marks,
    Places,
    Table,
    bits_of,
    halves,
    marks_of,
    supports_of,
    without,
)

PAIRED = 2**9
"""The entries of the largest table for which conditions compare two of the arguments."""

Arguments = tuple[Argument, ...]
Express = Callable[[Arguments, Table, int], Expression]
Way = Callable[[], Expression]


def already(expression: Expression) -> Way:
    """Return a way that needs nothing to be done."""
    return lambda: expression


def differing(arguments: Arguments, table: Table, levels: int, express: Express) -> Iterator[Way]:
    """Yield ways to write a bool's table as one argument `!=` the rest."""
    for place, (expression, count) in enumerate(arguments):
        if count == 2 and levels == 2:
            flipped = table.copy()
            turned = flipped[(slice(None),) * place + (1,)]
            turned[turned != DONT_CARE] ^= 1
            rest = without(flipped, (place,))
            if rest is not None:
                others = arguments[:place] + arguments[place + 1 :]

                def way(
                    one: Expression = expression, rest: Table = rest, over: Any = others
                ) -> Expression:
                    return differ(one, express(over, rest, 2))

                yield way


def ashenhurst(arguments: Arguments, table: Table, levels: int, express: Express) -> Iterator[Way]:
    """Yield Ashenhurst decompositions: one condition stands in the place of some arguments."""
    places = range(len(arguments))
    many = [(place,) for place in places if arguments[place][1] > 2]
    for bound in (*many, *combinations(places, 2), *combinations(places, 3)):
        if len(bound) < len(arguments):
            for condition, rest in halves(table, bound):

                def way(
                    bound: Places = bound, condition: Table = condition, rest: Table = rest
                ) -> Expression:
                    inside = tuple(arguments[place] for place in bound)
                    contrary = np.where(condition == DONT_CARE, DONT_CARE, 1 - condition)
                    options = (
                        (express(inside, condition, 2), rest),
                        (express(inside, contrary, 2), rest[::-1]),
                    )
                    expression, over = min(options, key=lambda option: option[0].cost)
                    others = [arguments[place] for place in places if place not in bound]
                    others.insert(bound[0], (expression, 2))
                    return express(tuple(others), np.moveaxis(over, 0, bound[0]), levels)

                yield way


def choices(
    arguments: Arguments, table: Table, levels: int, express: Express
) -> list[tuple[int, Way]]:
    """Return ways to write a table as a choice, the least that each costs first, ascending."""
    found: list[tuple[int, Way]] = []
    marks = marks_of(table)
    for condition, holds, held in _conditions(arguments):
        sides = tuple([mark & held for mark in marks]), tuple([mark & ~held for mark in marks])
        if all(map(any, sides)):

            def way(condition: Expression = condition, holds: Any = holds) -> Expression:
                yes, no = np.where(holds, table, DONT_CARE), np.where(holds, DONT_CARE, table)
                return chosen(
                    condition, express(arguments, yes, levels), express(arguments, no, levels)
                )

            least = [_least(arguments, side, table.shape) for side in sides]
            found.append((condition.cost + sum(least), way))
    return sorted(found, key=lambda option: option[0])


def _least(arguments: Arguments, marks: Marks, shape: tuple[int, ...]) -> int:
    """Return what a table costs at least to write, as a branch of a choice; a constant nothing."""
    return sum([arguments[place][0].cost for place in supports_of(marks, shape)[0]])


@lru_cache(maxsize=256)
def _conditions(arguments: Arguments) -> tuple[tuple[Expression, Any, int], ...]:
    """Return what a choice may ask of one argument or of two, and where it holds, also as bits."""
    shape = tuple(count for _, count in arguments)
    return tuple(
        (condition, holds, bits_of(np.broadcast_to(holds, shape)))
        for condition, holds in _asked(arguments)
    )


def _asked(arguments: Arguments) -> list[tuple[Expression, Any]]:
    grids = np.indices([count for _, count in arguments], sparse=True)
    found: list[tuple[Expression, Any]] = []
    for (expression, count), grid in zip(arguments, grids, strict=True):
        if count == 2:
            found.append((expression, grid == 1))
            continue
        for level in range(count):
            found.append((compared(expression, "==", Constant(level)), grid == level))
        for level in range(2, count - 1):
            found.append((compared(expression, ">=", Constant(level)), grid >= level))
    if math.prod(count for _, count in arguments) > PAIRED:
        return found
    pairs = combinations(zip(arguments, grids, strict=True), 2)
    for ((one, count), left), ((other, like), right) in pairs:
        if count == like:
            found.append((compared(one, "==", other), left == right))
            if count > 2:
                found.append((compared(one, "<", other), left < right))
    return found


def chosen(condition: Expression, yes: Expression, no: Expression) -> Expression:
    """Return `yes if condition else no`, shorter where a branch is a bool's constant."""
    if yes == no:
        return yes
    if {yes, no} == {TRUE, FALSE}:
        return condition if yes == TRUE else negated(condition)
    for constant, joint in ((TRUE, "or"), (FALSE, "and")):
        if constant in (yes, no):
            positive = (yes == TRUE) or (no == FALSE)
            other = no if yes == constant else yes
            return joined(joint, (condition if positive else negated(condition), other))
    return choice(condition, yes, no)
