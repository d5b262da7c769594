"""Activations between two parallel lines, in whole numbers of 2**-80: floats are only guessed with.

Where an activation bends one way, f(x) - slope * x is bounded on one side by its values at the
ends of an interval, on the other by a tangent, wherever it touches. So any slope and any place are
sound; good ones keep the lines near.
"""

import math
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

PLACES = 80
ONE = 1 << PLACES
STRAY = 20
"""How many binary places of an activation are right where a network is run."""

Bounds = tuple[int, int]


class Arc(NamedTuple):
    """A piece of an activation that bends one way: 1 where convex, -1 concave, 0 straight.

    `value` and `incline` give bounds, `turning` about where the incline has a value, and `stray` by
    how much less than the value may be what a network computes, or more; greatest at an end.
    """

    start: float
    end: float
    bend: int
    value: Callable[[int], Bounds]
    incline: Callable[[int], Bounds]
    turning: Callable[[float], float]
    stray: Callable[[int], int]


def scaled(number: float | str) -> int:
    """Return a number that is so many 2**-80; raises ValueError for what is finer."""
    exact = Fraction(float(number)) * ONE
    if exact.denominator != 1:
        raise ValueError(f"{number} is too fine")
    return exact.numerator


def _quartic(
    start: float, end: float, parts: tuple[int, int, int, int], *, exact: bool = False
) -> Arc:
    """Return c0 + c1 o + c4 o**4, where o is x - centre; `exact` where a network rounds nothing."""
    centre, constant, linear, quartic = parts

    def value(x: int) -> Bounds:
        offset = x - centre
        least = constant + (linear * offset >> PLACES) + (quartic * offset**4 >> 4 * PLACES)
        return least, least + 2

    def incline(x: int) -> Bounds:
        least = linear + (4 * quartic * (x - centre) ** 3 >> 3 * PLACES)
        return least, least + 1

    def turning(slope: float) -> float:
        third = (slope - linear / ONE) / (4 * quartic / ONE or 1.0)
        return centre / ONE + math.copysign(math.cbrt(third), third)

    def stray(x: int) -> int:
        offset = abs(x - centre)
        bent = abs(quartic) * offset**4 >> 4 * PLACES
        size = abs(constant) + (abs(linear) * offset >> PLACES) + bent
        return 0 if exact else (size >> STRAY) + 1

    bend = (quartic > 0) - (quartic < 0)
    return Arc(start * ONE, end * ONE, bend, value, incline, turning, stray)


def _ameo(factor: float, leak: float) -> list[Arc]:
    """Return the article's activation: at each centre it is -1 or 1, whatever its factor."""
    zigzag, bent, outer = scaled(factor), ONE - scaled(factor), scaled(leak)
    inner = (
        (-3, -2, -3, -1, 1, 1),
        (-2, -1, -1, 1, 1, -1),
        (-1, 0, -1, 1, -1, -1),
        (0, 1, 1, -1, -1, 1),
        (1, 2, 1, -1, 1, 1),
        (2, 3, 3, 1, 1, -1),
    )
    return [
        _quartic(-math.inf, -3, (-3 * ONE, -ONE, outer, 0)),
        *(
            _quartic(start, end, (centre * ONE, top * ONE, up * zigzag, way * bent))
            for start, end, centre, top, up, way in inner
        ),
        _quartic(3, math.inf, (3 * ONE, ONE, outer, 0)),
    ]


@lru_cache(maxsize=2**16)
def hyperbolic(x: int) -> Bounds:
    """Return bounds of the hyperbolic tangent: of a small part of x, which is doubled again.

    For 0 <= t < 1, t - t**3/3 + 2t**5/15 - 17t**7/315 <= tanh t <= t - t**3/3 + 2t**5/15, and
    tanh 2t = 2 tanh t / (1 + tanh(t)**2), which grows with tanh t.
    """
    if x < 0:
        least, most = hyperbolic(-x)
        return -most, -least
    if x >= 64 * ONE:
        return ONE - 1, ONE
    halvings = max(x.bit_length() - PLACES + 8, 0)
    # Exact, as a multiple of 1 / wide.
    wide = PLACES + halvings
    third, fifth, seventh = (x**power >> (power - 1) * wide for power in (3, 5, 7))
    most = x - third // 3 + 2 * (fifth + 1) // 15 + 1
    least = x - (third + 1) // 3 + 2 * fifth // 15 - 17 * (seventh + 1) // 315 - 3
    one = 1 << wide
    least, most = max(least, 0), min(most, one)
    for _ in range(halvings):
        least = 2 * least * one * one // (one * one + least * least)
        most = min(-(-2 * most * one * one // (one * one + most * most)), one)
    return least >> halvings, -(-most >> halvings)


def _sigmoidal(halved: int) -> list[Arc]:
    """Return tanh, or `halved` (1 + tanh(x / 2)) / 2: convex below 0 and concave above."""

    def value(x: int) -> Bounds:
        if not halved:
            return hyperbolic(x)
        # Half of x is between two neighbours.
        return (ONE + hyperbolic(x >> 1)[0]) >> 1, (ONE + hyperbolic(-(-x >> 1))[1] + 1) >> 1

    def incline(x: int) -> Bounds:
        low, high = hyperbolic(x >> halved)[0], hyperbolic(-(-x >> halved))[1]
        least, most = sorted((low * low >> PLACES, high * high >> PLACES))
        least = 0 if low <= 0 <= high else least
        return (ONE - most - 1) >> 2 * halved, ((ONE - least) >> 2 * halved) + 1

    def turning(slope: float) -> float:
        root = math.sqrt(min(max(1 - slope * 4**halved, 0.0), 1 - 2.0**-40))
        return math.ldexp(math.atanh(root), halved)

    def stray(_: int) -> int:
        return ONE >> STRAY

    return [
        Arc(-math.inf, 0, 1, value, incline, lambda slope: -turning(slope), stray),
        Arc(0, math.inf, -1, value, incline, turning, stray),
    ]


def arcs_of(text: str) -> list[Arc]:
    """Return an activation as its line in a graph says it; raises ValueError for another."""
    if text.startswith("factor "):
        _, factor, _, leak = text.split()
        return _ameo(float(factor), float(leak))
    flat, line = (0, 0, 0, 0), (0, 0, ONE, 0)
    known: dict[str, Callable[[], list[Arc]]] = {
        "linear": lambda: [_quartic(-math.inf, math.inf, line, exact=True)],
        "relu": lambda: [
            _quartic(-math.inf, 0, flat, exact=True),
            _quartic(0, math.inf, line, exact=True),
        ],
        "step": lambda: [
            _quartic(-math.inf, 0, flat, exact=True),
            _quartic(0, math.inf, (0, ONE, 0, 0), exact=True),
        ],
        "sigmoid": lambda: _sigmoidal(1),
        "tanh": lambda: _sigmoidal(0),
    }
    if text not in known:
        raise ValueError(f"the activation '{text}' is not known here")
    return known[text]()


def band(arcs: list[Arc], low: int, high: int) -> tuple[int, int, int, int]:
    """Return a slope, bounds of f(x) - slope * x from `low` to `high`, and how far f may stray."""
    first, last = (
        next(arc.value(x)[0] for arc in arcs if arc.start <= x <= arc.end) for x in (low, high)
    )
    slope = (last - first) * ONE // (high - low) if high > low else 0
    least, most, stray = [], [], 0
    for arc in arcs:
        start, end = max(low, arc.start), min(high, arc.end)
        if start > end:
            continue
        start, end = int(start), int(end)
        touched = min(max(int(arc.turning(slope / ONE) * ONE), start), end)
        for x in (start, end, touched) if arc.bend else (start, end):
            value, line = arc.value(x), slope * x >> PLACES
            reach = 0
            if x == touched and arc.bend:
                incline = max(abs(bound - slope) for bound in arc.incline(x))
                reach = (incline * (end - start) >> PLACES) + 1
            least.append(value[0] - line - 1 - (reach if arc.bend > 0 else 0))
            most.append(value[1] - line + (reach if arc.bend < 0 else 0))
        stray = max(stray, arc.stray(start), arc.stray(end))
    return slope, min(least), max(most), stray
