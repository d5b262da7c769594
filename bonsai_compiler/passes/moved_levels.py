"""Levels moved to where a value is nearest to the right one.

The nearest of several levels changes half-way between two. So levels that are moved to `slope *
level + shift` suit a value if each half-way point lands in the gap between the values that are to
go below it and those that are to go above: a line through as many vertical segments (a stabbing
line). For two or three levels whose values lie apart and in order there always is one.
"""

from collections.abc import Iterator

import numpy as np

from bonsai_compiler.ir.interpreter import Floats

GRIDS = 1.0, 0.5, 0.25, 0.125, 0.0625
"""Slope and shift are multiples of the coarsest of these that will do."""

CLOSE = 1e-9
"""By how much of a gap a line may miss it for rounding alone."""


def moved_levels(
    levels: tuple[float, ...], wanted: Floats, column: Floats
) -> tuple[float, float] | None:
    """Return slope and shift so that each value (n,) is nearest to the level that is wanted, moved.

    None where nothing suits. Slopes may be negative; simple numbers come first.
    """
    ladder = np.array(levels)
    if len(ladder) < 2 or not np.isfinite(column).all():
        return None
    middles = ladder[1:] / 2 + ladder[:-1] / 2
    above = wanted > middles[:, None]
    span = 1.0 + float(np.ptp(column))
    for sign in (1.0, -1.0):
        values = sign * column
        low = np.where(above, values.min() - span, values).max(1)
        high = np.where(above, values, values.max() + span).min(1)
        if (low >= high).any():
            continue
        for slope, shift in _lines(middles, low, high, float(ladder[-1] - ladder[0])):
            at = slope * middles + shift
            if slope > 0 and ((low < at) & (at < high)).all():
                return sign * slope, sign * shift
    return None


def _lines(
    middles: Floats, low: Floats, high: Floats, width: float
) -> Iterator[tuple[float, float]]:
    """Yield lines that may run between `low` and `high` at the middles; one does, if any."""
    yield 1.0, 0.0
    if len(middles) == 1:
        slope = float(high[0] - low[0]) / width
        shift = float(high[0] / 2 + low[0] / 2 - slope * middles[0])
    else:
        # Lines that run between and do not fall, as points (slope, shift), fill a convex polygon.
        # Its corners are lines through two ends of gaps, or level ones through one. The mean of its
        # corners is within it.
        at, ends = np.tile(middles, 2), np.concatenate([low, high])
        first, second = np.nonzero(at[:, None] < at)
        slopes = (ends[second] - ends[first]) / (at[second] - at[first])
        shifts = np.append(ends[first] - slopes * at[first], [low.max(), high.min()])
        slopes = np.append(slopes, [0.0, 0.0])
        lines = slopes[:, None] * middles + shifts[:, None]
        room = CLOSE * (high - low)
        corners = (slopes >= 0) & ((low - room <= lines) & (lines <= high + room)).all(1)
        if not corners.any():
            return
        slope, shift = float(slopes[corners].mean()), float(shifts[corners].mean())
    for grid in GRIDS:
        yield round(slope / grid) * grid, round(shift / grid) * grid
    yield slope, shift
