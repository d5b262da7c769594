"""Arithmetic templates for tables: counters, thresholds, comparisons, remainders.

Arguments are added up, bools as 0 or 1, and what depends on the sum alone is written over it.
"""

import operator
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np
import numpy.typing as npt

from bonsai_compiler.ir.expression import (
    Constant,
    Expression,
    Precedence,
    added,
    at_least,
    at_most,
    compared,
    looked_up,
    negated,
    remainder,
    shifted,
    taken_away,
)
from bonsai_compiler.logic.tables import DONT_CARE, Table

MOST_SIGNS = 5
"""The arguments up to which every choice of signs is tried."""

_SIGNS = {"==": operator.eq, "!=": operator.ne, "<": operator.lt, ">=": operator.ge}

Argument = tuple[Expression, int]
Signs = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Sum:
    """What is added up, less what is taken away, and all values that this can have."""

    plus: tuple[Argument, ...]
    minus: tuple[Argument, ...]
    values: range

    @property
    def expression(self) -> Expression:
        whole = _added(self.plus)
        for part, _ in self.minus:
            whole = taken_away(whole, part)
        return whole

    def compared(self, sign: str, value: int) -> Expression:
        """Return a comparison with a number; what is taken away stands on the other side."""
        if not self.minus:
            return compared(self.expression, sign, Constant(value))
        sign, value = {(">=", 1): (">", 0), ("<", 1): ("<=", 0)}.get((sign, value), (sign, value))
        left, right = _added(self.plus, -value), _added(self.minus, value)
        if _is_bool(self.plus, -value) or _is_bool(self.minus, value):
            # A number below 0 would need a sign of its own.
            return compared(shifted(self.expression, max(-value, 0)), sign, Constant(max(value, 0)))
        return compared(left, sign, right)


def _added(parts: Sequence[Argument], more: int = 0) -> Expression:
    """Return the sum of some arguments and of a constant, which counts if it is above 0."""
    whole = parts[0][0]
    for part, _ in parts[1:]:
        whole = added(whole, part)
    return shifted(whole, max(more, 0))


def _is_bool(parts: Sequence[Argument], more: int) -> bool:
    return len(parts) == 1 and parts[0][1] == 2 and more <= 0


def match_templates(
    arguments: Sequence[Argument], table: Table, levels: int
) -> Iterator[Expression]:
    """Yield instances of the templates that agree with a table which depends on a sum alone."""
    if any(
        count == 2 and expression.precedence not in (Precedence.NOT, Precedence.ATOM)
        for expression, count in arguments
    ):
        # Nobody adds up conditions.
        return
    if len(arguments) == 1 and arguments[0][1] == 2:
        # A bool alone is no number.
        return
    known = np.flatnonzero(table != DONT_CARE)
    results = table.reshape(-1)[known]
    counts = tuple(count for _, count in arguments)
    for signs in _choices_of_signs(table, levels):
        if not any(sign > 0 for sign in signs):
            continue
        places = _sums(counts, signs)[known]
        wanted = np.full(1 + sum(counts) - len(counts), DONT_CARE)
        wanted[places] = results
        if (wanted[places] == results).all():
            total = _sum(arguments, signs)
            yield from (_truths if levels == 2 else _numbers)(total, wanted, levels)
            if total.values.start == 0:
                yield _entries(total, wanted, levels)


def _choices_of_signs(table: Table, levels: int) -> Iterator[Signs]:
    if table.ndim <= MOST_SIGNS:
        signs = list(product((1, -1), repeat=table.ndim))
        # What is true of a sum can be said of what is less than nothing by just as much.
        yield from signs[: len(signs) // 2] if levels == 2 else signs
        return
    yield (1,) * table.ndim
    # An argument counts for the result if it tends to be higher where the result is.
    places, results = np.argwhere(table != DONT_CARE), table[table != DONT_CARE]
    trend = (places - places.mean(axis=0)).T @ (results - results.mean())
    yield tuple(1 if slope >= 0 else -1 for slope in trend.tolist())


@lru_cache(maxsize=512)
def _sums(counts: tuple[int, ...], signs: Signs) -> npt.NDArray[np.int64]:
    """Return the place of every entry's sum among the sum's values, (entries,)."""
    grid = np.zeros(counts, dtype=np.int64)
    for place, (count, sign) in enumerate(zip(counts, signs, strict=True)):
        shape = [1] * len(counts)
        shape[place] = count
        steps = np.arange(count) if sign > 0 else np.arange(count)[::-1]
        grid += steps.reshape(shape)
    return grid.reshape(-1)


def _sum(arguments: Sequence[Argument], signs: Signs) -> _Sum:
    """Return the sum of arguments with these signs.

    Of bools alone nothing is taken away: `not a` is added instead.
    """
    bools = all(count == 2 for _, count in arguments)
    plus: list[Argument] = []
    minus: list[Argument] = []
    for (expression, count), sign in zip(arguments, signs, strict=True):
        if sign > 0 or bools:
            plus.append((expression if sign > 0 else negated(expression), count))
        else:
            minus.append((expression, count))
    least = -sum(count - 1 for _, count in minus)
    most = sum(count - 1 for _, count in arguments)
    return _Sum(tuple(plus), tuple(minus), range(least, least + most + 1))


def _truths(total: _Sum, wanted: Table, levels: int) -> Iterator[Expression]:
    """Yield conditions on a sum."""
    known = [
        (value, result > 0)
        for value, result in zip(total.values, wanted.tolist(), strict=True)
        if result != DONT_CARE
    ]
    for value in total.values:
        for sign, holds in _SIGNS.items():
            if all(holds(met, value) == true for met, true in known):
                yield total.compared(sign, value)
    for divisor in range(2, len(total.values) - 1):
        for rest in range(divisor):
            if all((met % divisor == rest) == true for met, true in known):
                yield compared(remainder(total.expression, divisor), "==", Constant(rest))


def _numbers(total: _Sum, wanted: Table, levels: int) -> Iterator[Expression]:
    """Yield a sum and a constant, held within the levels or counting round."""
    known = wanted != DONT_CARE
    values, top = np.array(total.values), levels - 1
    alone = len(total.plus) == 1 and not total.minus
    for sign in (1, -1)[: 1 + alone]:
        turned = sign * values
        offsets = np.arange(-int(turned.max()), levels - int(turned.min()))
        held = np.clip(turned + offsets[:, None], 0, top)
        for more in offsets[(held == wanted)[:, known].all(axis=1)].tolist():
            over = total.expression
            expression = shifted(over, more) if sign > 0 else taken_away(Constant(more), over)
            # A number below 0 would need a sign of its own.
            if sign > 0 or more >= 0:
                yield _held(expression, turned + more, top)
    # With a bool taken away, a constant too would make a puzzle of it: (s - x - 1) % 3.
    puzzling = any(count == 2 for _, count in total.minus)
    for more in (0,) if puzzling else sorted(range(-(levels // 2), levels // 2 + 1), key=abs):
        rounds, left = np.divmod(values + more, levels)
        # Where nothing is seen to go round, a person would not write it.
        if rounds[known].any() and (left == wanted)[known].all():
            yield remainder(shifted(total.expression, more), levels)


def _held(expression: Expression, values: Table, top: int) -> Expression:
    """Return a expression of these values, held between 0 and `top` where it would leave them."""
    if values.min() < 0:
        expression = at_least(expression, 0)
    return at_most(expression, top) if values.max() > top else expression


def _entries(total: _Sum, wanted: Table, levels: int) -> Expression:
    filled = [
        int(value) if value != DONT_CARE else min(place, levels - 1)
        for place, value in enumerate(wanted)
    ]
    return looked_up([value > 0 if levels == 2 else value for value in filled], total.expression)
