"""Every activation, defined once as a table of polynomial pieces.

The interpreter evaluates the table with numpy, the tensor engine turns it into tinygrad
expressions, so no two copies can disagree. The OpenCL kernels put its numbers into a folded form,
which tests hold against it.
Source: "Growing Bonsai Networks with RNNs", section "Activation Function".
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Piece:
    """Up to and including `end`, the value is sum(coefficients[k] * (x - centre)**k)."""

    end: float
    centre: float
    coefficients: tuple[float, ...]

    def shifted(self, centre: float) -> tuple[float, ...]:
        """Return the coefficients of the same polynomial about another centre."""
        step = centre - self.centre
        degree = len(self.coefficients)
        return tuple(
            sum(self.coefficients[k] * math.comb(k, j) * step ** (k - j) for k in range(j, degree))
            for j in range(degree)
        )


def hard_pieces(leak: float) -> tuple[Piece, ...]:
    """Return the piecewise linear member: a zigzag through (-3, -1), (-1, 1), (1, -1), (3, 1)."""
    return (
        Piece(-3.0, -3.0, (-1.0, leak)),
        Piece(-1.0, -2.0, (0.0, 1.0)),
        Piece(1.0, 0.0, (0.0, -1.0)),
        Piece(3.0, 2.0, (0.0, 1.0)),
        Piece(math.inf, 3.0, (1.0, leak)),
    )


def smooth_pieces(leak: float) -> tuple[Piece, ...]:
    """Return the quartic member: flat near -1 and 1 at the odd numbers from -3 to 3."""
    return (
        Piece(-3.0, -3.0, (-1.0, leak)),
        Piece(-2.0, -3.0, (-1.0, 0.0, 0.0, 0.0, 1.0)),
        Piece(0.0, -1.0, (1.0, 0.0, 0.0, 0.0, -1.0)),
        Piece(2.0, 1.0, (-1.0, 0.0, 0.0, 0.0, 1.0)),
        Piece(3.0, 3.0, (1.0, 0.0, 0.0, 0.0, -1.0)),
        Piece(math.inf, 3.0, (1.0, leak)),
    )


@lru_cache
def ameo_pieces(factor: float, leak: float) -> tuple[Piece, ...]:
    """Return `factor * hard + (1 - factor) * smooth`, with slope `leak` outside [-3, 3]."""
    hard, smooth = hard_pieces(leak), smooth_pieces(leak)
    if factor == 1.0:
        return hard
    if factor == 0.0:
        return smooth

    def covering(pieces: tuple[Piece, ...], end: float) -> Piece:
        return next(piece for piece in pieces if end <= piece.end)

    def blend(end: float) -> Piece:
        linear, quartic = covering(hard, end), covering(smooth, end)
        about = linear.shifted(quartic.centre)
        padded = about + (0.0,) * (len(quartic.coefficients) - len(about))
        pairs = zip(padded, quartic.coefficients, strict=True)
        return Piece(end, quartic.centre, tuple(factor * a + (1.0 - factor) * b for a, b in pairs))

    return tuple(blend(end) for end in sorted({piece.end for piece in hard + smooth}))


def padded(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """Return the pieces with zeros for the powers that only others have.

    Whatever evaluates pieces does so in this form: at infinity 0 * x is not nothing but NaN.
    """
    degree = max(len(piece.coefficients) for piece in pieces)
    return tuple(
        Piece(piece.end, piece.centre, (*piece.coefficients, *(0.0,) * degree)[:degree])
        for piece in pieces
    )


def evaluate_pieces(pieces: tuple[Piece, ...], x: Floats) -> Floats:
    """Return the value of the pieces at each element of `x` (any shape)."""
    return _evaluate(_arrays(pieces), x)


_Arrays = tuple[Floats, Floats, Floats]


def _arrays(pieces: tuple[Piece, ...]) -> _Arrays:
    """Return the pieces as arrays: all ends but the last, centres, coefficients (power, piece)."""
    coefficients = np.array([piece.coefficients for piece in padded(pieces)]).T.copy()
    ends = np.array([piece.end for piece in pieces[:-1]])
    return ends, np.array([piece.centre for piece in pieces]), coefficients


@lru_cache
def _ameo_arrays(factor: float, leak: float) -> _Arrays:
    return _arrays(ameo_pieces(factor, leak))


FEW, MANY = 16, 2_000
"""So few ends are compared with so many numbers one after the other: sooner than a search for each.
"""


def _index(ends: Floats, x: Floats) -> npt.NDArray[np.intp]:
    """Return how many of the ends each element of `x` is beyond, as `searchsorted` does."""
    index = np.zeros(x.shape, np.uint8)
    for end in ends:
        index += (x > end).view(np.uint8)
    return index.astype(np.intp)


def _evaluate(arrays: _Arrays, x: Floats) -> Floats:
    ends, centres, coefficients = arrays
    index = _index(ends, x) if len(ends) <= FEW and x.size > MANY else ends.searchsorted(x)
    offset = x - centres.take(index)
    value = coefficients[-1].take(index)
    for lower in coefficients[-2::-1]:
        value *= offset
        value += lower.take(index)
    return np.asarray(value)


@dataclass(frozen=True, slots=True)
class Activation:
    """A function that a neuron applies: one of KINDS; only `ameo` has a factor and a leak."""

    kind: str
    factor: float = 0.0
    leak: float = 0.0

    @property
    def odd(self) -> bool:
        """Whether f(-x) is -f(x) for every x."""
        return self.kind in ("ameo", "linear", "tanh")

    def __call__(self, x: Floats) -> Floats:
        return KINDS[self.kind](self)(x)

    def approximate(self, x: Floats) -> Floats:
        """Return what a call returns but for some last bits, and where there is a tanh sooner."""
        if self.kind == "tanh":
            return np.tanh(x)
        if self.kind == "sigmoid":
            return np.asarray(0.5 * np.tanh(0.5 * x) + 0.5)
        return self(x)


def _ameo(activation: Activation) -> Callable[[Floats], Floats]:
    """Interpolated zigzag: -1 to 1 and 1 to -1, so one neuron computes XOR."""
    arrays = _ameo_arrays(activation.factor, activation.leak)
    return lambda x: _evaluate(arrays, x)


def _linear(_: Activation) -> Callable[[Floats], Floats]:
    """The sum itself."""
    return lambda x: x


def _tanh(_: Activation) -> Callable[[Floats], Floats]:
    """The hyperbolic tangent."""
    return _tanh_of


def _tanh_of(x: Floats) -> Floats:
    """Return Python's own tanh of each element: programs have no other, and numpy's differs."""
    each = map(math.tanh, x.ravel().tolist())
    return np.fromiter(each, np.float64, x.size).reshape(x.shape)


def _relu(_: Activation) -> Callable[[Floats], Floats]:
    """The sum itself, and 0 in place of what is negative."""
    return lambda x: np.where(x <= 0, 0.0, x)


def _sigmoid(_: Activation) -> Callable[[Floats], Floats]:
    """The logistic function 1 / (1 + exp(-x)), from 0 to 1: how far a gate is open."""
    # By way of tanh nothing overflows; it is within 2e-16 of the quotient.
    return lambda x: 0.5 * _tanh_of(0.5 * x) + 0.5


def _step(_: Activation) -> Callable[[Floats], Floats]:
    """1 where the sum is greater than 0, else 0."""
    return lambda x: np.where(x > 0, 1.0, 0.0)


KINDS: dict[str, Callable[[Activation], Callable[[Floats], Floats]]] = {
    "ameo": _ameo,
    "linear": _linear,
    "relu": _relu,
    "sigmoid": _sigmoid,
    "step": _step,
    "tanh": _tanh,
}
PLAIN = tuple(kind for kind in KINDS if kind != "ameo")
"""The kinds that are one function each, without numbers of their own."""

LINEAR = Activation("linear")
