"""Bands around activations, held against fifty digits."""

import mpmath
import numpy as np
import pytest
from exactly import exact
from hypothesis import given
from hypothesis import strategies as st
from strategies import activations

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.activation import PLAIN, Activation, ameo_pieces
from bonsai_compiler.regions.curves import CURVES, curve_of

ends = st.floats(-9, 9) | st.integers(-6, 6).map(float) | st.floats(-60, 60)


@given(activations, ends, st.floats(0, 4) | st.floats(0, 1e-6) | st.floats(0, 80))
def test_a_band_holds_the_curve(activation, low, width):
    high = low + width
    band = curve_of(activation).band(np.array([low]), np.array([high]))
    slope, centre, radius = (float(part[0]) for part in (band.slope, band.centre, band.radius))
    joints = [float(x) for x in range(-3, 4) if low <= x <= high]
    with mpmath.workdps(50):
        turns = [
            float(turn)
            for arc in curve_of(activation).arcs
            if arc.bend
            for turn in arc.turning(np.array([slope])).tolist()
            if low <= turn <= high
        ]
        for x in [*np.linspace(low, high, 41).tolist(), low, high, *joints, *turns]:
            x = min(max(x, low), high)
            off = abs(exact(activation, x) - (mpmath.mpf(slope) * x + mpmath.mpf(centre)))
            assert off <= mpmath.mpf(radius), (x, off, radius)


@given(activations.filter(lambda activation: activation.kind != "step"), st.floats(-8, 8))
def test_a_band_over_little_is_narrow(activation, low):
    band = curve_of(activation).band(np.array([low]), np.array([low + 1e-3]))
    # What bends is off by about its second derivative times the square of the width.
    assert band.radius[0] < 2e-3


@given(activations, st.floats(-8, 8))
def test_what_single_precision_makes_of_it_is_allowed_for(activation, x):
    x = float(np.float32(x))
    band = curve_of(activation).band(np.array([x]), np.array([x]))
    in_single = {
        "tanh": lambda: np.tanh(np.float32(x)),
        "sigmoid": lambda: np.float32(1) / (np.float32(1) + np.exp(-np.float32(x))),
        "ameo": lambda: _single_pieces(activation, np.float32(x)),
    }
    with mpmath.workdps(50):
        true = exact(activation, x)
        given = mpmath.mpf(float(in_single.get(activation.kind, lambda: true)()))
        assert abs(given - true) <= mpmath.mpf(float(band.straying[0]))


def _single_pieces(activation, x):
    piece = next(p for p in ameo_pieces(activation.factor, activation.leak) if x <= p.end)
    offset, value = x - np.float32(piece.centre), np.float32(0)
    for part in reversed(piece.coefficients):
        value = value * offset + np.float32(part)
    return value


def test_every_kind_has_its_curve_and_no_other():
    assert set(CURVES) == {*PLAIN, "ameo"}
    with pytest.raises(BonsaiError, match="'softsign'"):
        curve_of(Activation("softsign"))


@pytest.mark.parametrize("end", [np.nan, np.inf])
def test_what_is_no_number_is_claimed_nothing_of(end):
    with np.errstate(all="ignore"):
        band = curve_of(Activation("tanh")).band(np.array([-end]), np.array([end]))
    assert not np.isfinite(band.radius[0]) or not np.isfinite(end) or end == np.inf
