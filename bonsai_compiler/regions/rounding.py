"""How far floats may stray from real numbers, in one place: what each margin covers, and why.

Bounds are computed in doubles, rounded to nearest, and widened afterwards. With u = 2**-53, a sum
of k products strays from the real one by at most k u / (1 - k u) times the sum of the magnitudes,
in whatever order it is made, with or without fused operations (Higham, "Accuracy and Stability of
Numerical Algorithms", section 3.1). Sums of what is not negative are right but for that factor, so
that `outward` makes upper bounds of them.
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

LONGEST = 2**16
"""The longest sum that is bounded; LONGEST * u is 2**-37, far below the margins."""

WIDENED = 1.0 + 2.0**-30
TINY = 2.0**-100
"""Added for what underflows: a double at 2**-1074, a float, or one flushed to 0, at 2**-126."""

HUGE = 2.0**100
"""No value of a proof may be larger: then nothing overflows, in single precision neither."""

DOUBLE = 2.0**-50
"""The relative error of a few operations on doubles, with a factor of 2 to spare."""

SINGLE = 2.0**-24
"""The unit roundoff of single precision, in which a network may be run."""

LIBRARY = 2.0**-44
"""How far `numpy.tanh` may be from the hyperbolic tangent, absolutely.

The widest error that its implementations state is 4 units in the last place, 2**-51 near 1.
"""

RUNNING = 2.0**-20
"""How far an activation may stray where the network is run, relative to its magnitude (tanh,
sigmoid: absolutely): 8 units in the last place of single precision."""


def outward(bound: Floats) -> Floats:
    """Return what is no less than a bound computed by sums and products of what is not negative."""
    return np.asarray(bound * WIDENED + TINY)


def single(count: int) -> float:
    """Return by what share of its magnitudes a sum strays where so many roundings follow another.

    All are of single precision; n u / (1 - n u), which for the longest sum is 2**-8 more than n u.
    """
    return count * SINGLE / (1 - count * SINGLE)
