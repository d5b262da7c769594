"""Components of one value: counters, levels, sums, extremes, stored values, and bits."""

from collections.abc import Iterator
from functools import reduce
from itertools import permutations

import numpy as np
import numpy.typing as npt

from bonsai_compiler.ir.expression import (
    Constant,
    Expression,
    Name,
    Operation,
    Precedence,
    added,
    at_least,
    at_most,
    choice,
    compared,
    remainder,
    shifted,
    taken_away,
)
from bonsai_compiler.recognition.bits import bit
from bonsai_compiler.recognition.component import Case, Component, Role
from bonsai_compiler.recognition.letters import OPEN
from bonsai_compiler.recognition.lines import Fit, fits
from bonsai_compiler.recognition.small import VALUE, Small
from bonsai_compiler.recognition.updates import HOLD, Update

Numbers = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

MOST_READ = 20
"""How much there may be to read in what becomes of a value; beyond, nothing was understood."""

MOST_JUMPS = 3
"""To how many different values a component may be set, if not to what one expression says."""

MOST_FITS = 12
"""How many ways to see a machine as a line are written out."""


def recognised(small: Small) -> Component | None:
    """Return what the states of a small machine count or hold, as a component called VALUE."""
    if small.actions.shape[1] == 2:
        return bit(small)
    # The fewer updates there are, and the less is added, the less there will be to read.
    ordered = sorted(fits(small.actions, small.weights), key=_complexity)[:MOST_FITS]
    written = [(fit, following) for fit in ordered if (following := _following(fit, small))]
    readable = [pair for pair in written if pair[1].cost <= MOST_READ]
    if not readable:
        return None
    # Of equally short ones, that which starts at 0.
    weights = [(following.cost, fit.line.place[0]) for fit, following in readable]
    least = min(weights)
    alike = [pair for pair, weight in zip(readable, weights, strict=True) if weight == least]
    fit, following = alike[0]
    if len(alike) > 1:
        fit, following = min(alike, key=lambda pair: _is_upside_down(pair[0], small))
    changing = sorted(dict.fromkeys(fit.updates), key=lambda update: update == HOLD)
    cases = [
        Case(update, small.condition(own == update for own in fit.updates))
        for update in (changing if len(changing) <= MOST_JUMPS + 2 else [])
    ]
    return Component(
        VALUE,
        _role(fit),
        np.array(fit.line.place),
        fit.line.track,
        following,
        tuple(cases),
        _amount(fit, small),
    )


def _is_upside_down(fit: Fit, small: Small) -> bool:
    """Return whether it goes up where its first input is False: the other way reads better."""
    ups = (own.kind == "add" and own.amount > 0 for own in fit.updates)
    condition = small.condition(ups)
    if isinstance(condition, Operation) and condition.operator == "and":
        condition = condition.operands[0]
    return condition.precedence is Precedence.NOT


def _complexity(fit: Fit) -> tuple[int, int, int]:
    amounts = [abs(update.amount) for update in set(fit.updates) if update.kind == "add"]
    jumps = len({update for update in fit.updates if update.kind == "set"})
    return jumps > MOST_JUMPS, sum(amounts) + 2 * jumps, fit.line.place[0]


def _role(fit: Fit) -> Role:
    kinds, track = {update.kind for update in fit.updates}, fit.line.track
    if "raise" in kinds:
        return "greatest"
    if "lower" in kinds:
        return "least"
    if track.factor > 1:
        return "remainder"
    if any(update.kind == "add" and update.amount for update in fit.updates):
        return "counter" if track.round or track.back is not None else "level"
    return "stored" if HOLD in fit.updates else "previous"


def _amount(fit: Fit, small: Small) -> Expression | None:
    """Return what is set, raised to, lowered to or added, as one expression of the inputs.

    None where updates are of several kinds, apart from those that hold the value.
    """
    kinds = {update.kind for update in fit.updates if update != HOLD}
    if len(kinds) != 1:
        return None
    track = fit.line.track
    if kinds == {"add"}:
        amounts = [update.amount for update in fit.updates]
        if track.round:
            amounts = [amount % track.size for amount in amounts]
    else:
        amounts = [OPEN if update == HOLD else update.amount for update in fit.updates]
    if (kinds == {"add"} and min(amounts) < 0) or max(amounts) < 1 or not small.letters.counts:
        return None
    return small.letters.expression(small.labels(amounts), max(amounts) + 1)


def _following(fit: Fit, small: Small) -> Expression | None:
    """Return the value after the tick: a choice between what is set, and what is moved."""
    track = fit.line.track
    jumps = [update for update in dict.fromkeys(fit.updates) if update.kind == "set"]
    kinds = {update.kind for update in fit.updates}
    if kinds & {"raise", "lower"}:
        whole = _chain(fit, small, jumps, _extreme(fit, small))
    elif len(jumps) <= MOST_JUMPS:
        whole = _chain(fit, small, jumps, _moved(fit, small))
    else:
        whole = _taken(fit, small)
    if whole is None or not track.stays:
        return whole
    top = Constant(track.top)
    return choice(compared(Name(VALUE), "==", top), top, whole)


def _taken(fit: Fit, small: Small) -> Expression | None:
    """Return a choice between the value as it is and one that the inputs say."""
    amount = _amount(fit, small)
    if amount is None or any(update.kind != "set" and update != HOLD for update in fit.updates):
        return None
    if HOLD not in fit.updates:
        return amount
    return _chosen(small.condition(own == HOLD for own in fit.updates), Name(VALUE), amount)


def _extreme(fit: Fit, small: Small) -> Expression | None:
    """Return the value raised or lowered to what the inputs say."""
    kinds = {update.kind for update in fit.updates if update.kind != "set"}
    if len(kinds) != 1:
        return None
    amounts = [OPEN if own.kind == "set" else own.amount for own in fit.updates]
    amount = small.letters.expression(small.labels(amounts), fit.line.track.size)
    return Operation("max" if kinds == {"raise"} else "min", (Name(VALUE), amount))


def _chain(
    fit: Fit, small: Small, jumps: list[Update], moved: Expression | None
) -> Expression | None:
    """Return a chain of choices: the shortest, whichever of them is asked for first."""
    rests = {update for update in fit.updates if update.kind != "set"}
    if rests and moved is None:
        return None
    best: Expression | None = None
    for order in permutations(jumps):
        tests = []
        for place, update in enumerate(order):
            left = [own not in order[:place] for own in fit.updates]
            tests.append(small.condition((own == update for own in fit.updates), left))
        result = moved
        for test, update in zip(reversed(tests), reversed(order), strict=True):
            value = Constant(update.amount)
            result = value if result is None else _chosen(test, value, result)
        if result is not None and (best is None or result.cost < best.cost):
            best = result
    return best


def _chosen(test: Expression, yes: Expression, no: Expression) -> Expression:
    if isinstance(test, Constant):
        return yes if test.value else no
    return choice(test, yes, no)


def _moved(fit: Fit, small: Small) -> Expression | None:
    """Return the value with what is added to it; None where every letter sets it."""
    adding = [update.kind == "add" for update in fit.updates]
    if not any(adding):
        return None
    track = fit.line.track
    amounts = [update.amount for update in fit.updates]
    told = {amount for amount, adds in zip(amounts, adding, strict=True) if adds}
    if track.round and min(told) < 0 and told - {-1, 0, 1}:
        amounts = [amount % track.size for amount in amounts]
    parts: list[Expression] = [Name(VALUE)] * track.factor
    value = reduce(added, parts)
    total = _total(value, amounts, adding, small)
    if total == value and track.factor == 1:
        return value
    if track.back is not None:
        beyond = compared(total, ">", Constant(track.top))
        if told == {1}:
            beyond = compared(value, "==", Constant(track.top))
        return choice(beyond, Constant(track.back), total)
    return remainder(total, track.size) if track.round else _clamped(total, fit, small)


def _total(value: Expression, amounts: list[int], adding: list[bool], small: Small) -> Expression:
    """Return the value and what each action that is `adding` adds."""
    told = sorted({amount for amount, adds in zip(amounts, adding, strict=True) if adds})
    if len(told) == 1:
        return shifted(value, told[0])
    if told == [-1, 0, 1] and (pair := _up_and_down(amounts, adding, small)):
        return taken_away(added(value, pair[0]), pair[1])
    if len(told) == 2 and told != [0, 1]:
        test = small.condition((own == told[1] for own in amounts), adding)
        return _chosen(test, shifted(value, told[1]), shifted(value, told[0]))
    low = told[0]
    own = [amount - low if adds else OPEN for amount, adds in zip(amounts, adding, strict=True)]
    more = small.letters.expression(small.labels(own), told[-1] - low + 1)
    whole = shifted(added(value, more), low)
    if told != [-1, 0, 1]:
        return whole
    return min([*_by_steps(value, amounts, adding, small), whole], key=lambda way: way.cost)


def _by_steps(
    value: Expression, amounts: list[int], adding: list[bool], small: Small
) -> Iterator[Expression]:
    """Yield choices between one more, one less, and the value as it is."""
    for first, second, third in permutations((1, -1, 0)):
        one = small.condition((own == first for own in amounts), adding)
        rest = [adds and own != first for own, adds in zip(amounts, adding, strict=True)]
        other = small.condition((own == second for own in amounts), rest)
        less = _chosen(other, shifted(value, second), shifted(value, third))
        yield _chosen(one, shifted(value, first), less)


def _up_and_down(
    amounts: list[int], adding: list[bool], small: Small
) -> tuple[Expression, Expression] | None:
    """Return two inputs of which one adds 1 and the other takes 1 away."""
    asked = small.labels(adding) == 1
    wanted = small.labels(amounts)
    bits = [place for place, (_, count) in enumerate(small.letters.counts) if count == 2]
    values = small.letters.values
    for up, down in permutations(bits, 2):
        if ((values[:, up] - values[:, down]) == wanted)[asked].all():
            names = small.letters.counts
            return Name(names[up][0]), Name(names[down][0])
    return None


def _clamped(total: Expression, fit: Fit, small: Small) -> Expression:
    """Return the sum held to those ends that it would leave."""
    track, place = fit.line.track, np.array(fit.line.place)
    beyond = np.array([place + update.amount for update in fit.updates])
    adds = np.array([update.kind == "add" for update in fit.updates])
    asked = (small.actions >= 0) & adds[:, None]
    if track.stays:
        asked &= place != track.top
    if (beyond[asked] < 0).any():
        total = at_least(total, 0)
    return at_most(total, track.top) if (beyond[asked] > track.top).any() else total
