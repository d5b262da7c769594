"""Activations as arcs of one curvature, and lines that keep near them.

An arc is convex or concave. There, f(x) - slope * x has its extremes at the ends of an interval, or
where its derivative is 0; and a tangent bounds it wherever that place was guessed. So nothing rests
on how well an equation was solved.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.activation import Activation, ameo_pieces
from bonsai_compiler.regions.rounding import DOUBLE, LIBRARY, RUNNING, TINY, Floats


@dataclass(frozen=True, slots=True)
class Arc:
    """A piece of an activation, from `start` to `end`, on which it bends one way.

    `bend` is 1 where it is convex, -1 where concave, 0 where straight. `value` and `derivative`
    are within `value_error` and `slope_error`, absolutely, of the true ones; `turning` says about
    where the derivative has a value. All take and return arrays. `straying` bounds the error of
    the value in single precision; as the other two errors it is greatest at an interval's ends.
    """

    start: float
    end: float
    bend: int
    value: Callable[[Floats], Floats]
    derivative: Callable[[Floats], Floats]
    turning: Callable[[Floats], Floats]
    value_error: Callable[[Floats], Floats]
    slope_error: Callable[[Floats], Floats]
    straying: Callable[[Floats], Floats]


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """For each x of an interval, f(x) is within `radius` of `slope * x + centre`.

    Where a network computes f, in whatever precision, it is off by `straying` at most.
    """

    slope: Floats
    centre: Floats
    radius: Floats
    straying: Floats


@dataclass(frozen=True, slots=True)
class Curve:
    """An activation as arcs, in order."""

    arcs: tuple[Arc, ...]

    @property
    def bends(self) -> bool:
        """Whether it is anything but one straight line."""
        return len(self.arcs) > 1 or self.arcs[0].bend != 0

    def band(self, low: Floats, high: Floats) -> Band:
        """Return a band around the curve over the intervals from `low` to `high` (any shape)."""
        width = high - low
        slope = np.zeros_like(low)
        rise = self._rough(high) - self._rough(low)
        # Any slope is sound; that of the chord keeps the band narrow.
        np.divide(rise, width, out=slope, where=width > TINY)
        most, least = np.full_like(low, -math.inf), np.full_like(low, math.inf)
        straying = np.zeros_like(low)
        for arc in self.arcs:
            start, end = np.maximum(low, arc.start), np.minimum(high, arc.end)
            met = start <= end
            if not met.any():
                continue
            start, end = np.where(met, start, high), np.where(met, end, high)
            above, below = _extremes(arc, slope, start, end)
            np.maximum(most, above, out=most, where=met)
            np.minimum(least, below, out=least, where=met)
            stray = np.maximum(arc.straying(start), arc.straying(end))
            np.maximum(straying, stray, out=straying, where=met)
        centre = (most + least) / 2
        spread = np.maximum(most - centre, centre - least)
        radius = spread + DOUBLE * (np.abs(most) + np.abs(least)) + TINY
        # Where a bound is missing or no number, nothing is claimed.
        return Band(slope, centre, np.where(np.isfinite(radius), radius, math.inf), straying)

    def _rough(self, x: Floats) -> Floats:
        """Return about the value at x, for a slope."""
        value = np.zeros_like(x)
        for arc in self.arcs:
            within = (x >= arc.start) & (x <= arc.end)
            value = np.where(within, arc.value(np.where(within, x, _inside(arc))), value)
        return value


def _extremes(arc: Arc, slope: Floats, start: Floats, end: Floats) -> tuple[Floats, Floats]:
    """Return an upper and a lower bound of f(x) - slope * x between `start` and `end`."""

    def error(x: Floats) -> Floats:
        return arc.value_error(x) + DOUBLE * np.abs(slope * x) + TINY

    def at(x: Floats) -> Floats:
        return arc.value(x) - slope * x

    first, last = at(start), at(end)
    slack = np.maximum(error(start), error(end))
    most, least = np.maximum(first, last) + slack, np.minimum(first, last) - slack
    if arc.bend == 0:
        return most, least
    turn = np.clip(np.nan_to_num(arc.turning(slope)), start, end)
    incline = np.abs(arc.derivative(turn) - slope) + arc.slope_error(turn) + DOUBLE * np.abs(slope)
    reach = incline * (end - start) * (1 + DOUBLE) + error(turn)
    if arc.bend < 0:
        return np.maximum(most, at(turn) + reach), least
    return most, np.minimum(least, at(turn) - reach)


def _inside(arc: Arc) -> float:
    return arc.start if math.isfinite(arc.start) else arc.end if math.isfinite(arc.end) else 0.0


@lru_cache
def curve_of(activation: Activation) -> Curve:
    """Return an activation as arcs; raises BonsaiError for one that this does not know."""
    if activation.kind not in CURVES:
        raise BonsaiError(f"there is no proof by regions with the activation '{activation.kind}'")
    return CURVES[activation.kind](activation)


def _polynomial(
    start: float, end: float, centre: float, parts: tuple[float, ...], *, exact: bool = False
) -> Arc:
    """Return the arc of c0 + c1 o + c4 o**4, where o is x - centre; `exact` where none rounds."""
    constant, linear, *middle, quartic = (*parts, *(0.0,) * (5 - len(parts)))
    if any(middle):
        raise BonsaiError("there is no proof by regions with pieces of degree 2 or 3")

    def value(x: Floats) -> Floats:
        offset = x - centre
        return constant + offset * (linear + quartic * offset**3)

    def derivative(x: Floats) -> Floats:
        return linear + 4 * quartic * (x - centre) ** 3

    def turning(slope: Floats) -> Floats:
        return centre + np.cbrt((slope - linear) / (4 * quartic or 1.0))

    def magnitude(x: Floats) -> Floats:
        offset = np.abs(x - centre)
        return np.asarray(abs(constant) + offset * (abs(linear) + abs(quartic) * offset**3))

    def incline(x: Floats) -> Floats:
        return np.asarray(abs(linear) + 4 * abs(quartic) * np.abs(x - centre) ** 3)

    return Arc(
        start,
        end,
        int(np.sign(quartic)),
        value,
        derivative,
        turning,
        lambda x: 8 * DOUBLE * magnitude(x),
        lambda x: 8 * DOUBLE * incline(x),
        np.zeros_like if exact else lambda x: RUNNING * magnitude(x),
    )


def _ameo(activation: Activation) -> Curve:
    pieces = ameo_pieces(activation.factor, activation.leak)
    starts = (-math.inf, *(piece.end for piece in pieces[:-1]))
    return Curve(
        tuple(
            _polynomial(start, piece.end, piece.centre, piece.coefficients)
            for start, piece in zip(starts, pieces, strict=True)
        )
    )


def _sigmoidal(scale: float, height: float, middle: float) -> Curve:
    """Return middle + height * tanh(scale * x): convex below 0, concave above."""

    def value(x: Floats) -> Floats:
        return np.asarray(middle + height * np.tanh(scale * x))

    def derivative(x: Floats) -> Floats:
        return np.asarray(height * scale * (1 - np.tanh(scale * x) ** 2))

    def turning(slope: Floats) -> Floats:
        root = np.sqrt(np.clip(1 - slope / (height * scale), 0.0, 1 - 2.0**-40))
        return np.asarray(np.arctanh(root) / scale)

    def error(x: Floats) -> Floats:
        return np.full_like(x, 4 * LIBRARY)

    def straying(x: Floats) -> Floats:
        return np.full_like(x, RUNNING)

    falling, rising = (lambda slope: -turning(slope)), turning
    return Curve(
        (
            Arc(-math.inf, 0.0, 1, value, derivative, falling, error, error, straying),
            Arc(0.0, math.inf, -1, value, derivative, rising, error, error, straying),
        )
    )


def _straight(*parts: tuple[float, float, tuple[float, ...]]) -> Curve:
    return Curve(
        tuple(_polynomial(start, end, 0.0, line, exact=True) for start, end, line in parts)
    )


CURVES: dict[str, Callable[[Activation], Curve]] = {
    "ameo": _ameo,
    "linear": lambda _: _straight((-math.inf, math.inf, (0.0, 1.0))),
    "relu": lambda _: _straight((-math.inf, 0.0, (0.0,)), (0.0, math.inf, (0.0, 1.0))),
    "sigmoid": lambda _: _sigmoidal(0.5, 0.5, 0.5),
    "step": lambda _: _straight((-math.inf, 0.0, (0.0,)), (0.0, math.inf, (1.0,))),
    "tanh": lambda _: _sigmoidal(1.0, 1.0, 0.0),
}
