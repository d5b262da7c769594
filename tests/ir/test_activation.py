import math
from fractions import Fraction
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonsai_compiler.ir.activation import (
    KINDS,
    LINEAR,
    PLAIN,
    Activation,
    Piece,
    ameo_pieces,
    evaluate_pieces,
)

FACTORS, LEAKS = (0.0, 0.25, 0.5, 1.0), (0.0, 0.1, 1.0)
ALL = [Activation("ameo", factor, leak) for factor in FACTORS for leak in LEAKS]
points = st.floats(-20, 20, allow_nan=False)


def hard(x, leak):
    if x <= -3:
        return -1 + leak * (x + 3)
    if x <= -1:
        return x + 2
    if x <= 1:
        return -x
    if x <= 3:
        return x - 2
    return 1 + leak * (x - 3)


def smooth(x, leak):
    u = x / 2 - Fraction(1, 2)
    if u <= -2:
        g = leak * (u + 2)
    elif u <= -1.5:
        g = 8 * (u + 2) ** 4
    elif u <= -0.5:
        g = 1 - 8 * (u + 1) ** 4
    elif u <= 0.5:
        g = 8 * u**4
    elif u <= 1:
        g = 1 - 8 * (u - 1) ** 4
    else:
        g = 1 + leak * (u - 1)
    return 2 * (g - Fraction(1, 2))


def expected(activation, x):
    x, leak = Fraction(x), Fraction(activation.leak)
    factor = Fraction(activation.factor)
    return float(factor * hard(x, leak) + (1 - factor) * smooth(x, leak))


@pytest.mark.parametrize("activation", ALL)
def test_values_on_a_fine_grid(activation):
    grid = np.arange(-6, 6.001, 1 / 64)
    np.testing.assert_allclose(
        activation(grid), [expected(activation, x) for x in grid], atol=1e-14, rtol=1e-13
    )


@given(points, st.sampled_from(ALL))
def test_values_anywhere(x, activation):
    assert activation(np.array([x]))[0] == pytest.approx(expected(activation, x), abs=1e-12)


@given(points, st.sampled_from([*ALL, LINEAR, Activation("tanh")]))
def test_activations_that_are_odd(x, activation):
    assert activation.odd
    left, right = activation(np.array([-x, x]))
    assert left == pytest.approx(-right, abs=1e-12)


@pytest.mark.parametrize("kind", ["relu", "sigmoid", "step"])
def test_activations_that_are_not_odd(kind):
    activation = Activation(kind)
    assert not activation.odd
    left, right = activation(np.array([-0.75, 0.75]))
    assert left != -right


def test_plain_activations_by_hand():
    assert set(PLAIN) == {*KINDS} - {"ameo"}
    x = np.array([-math.inf, -800.0, -1.0, -0.0, 0.0, 1.0, 40.0, math.inf])
    assert Activation("relu")(x).tolist() == [0, 0, 0, 0, 0, 1, 40, math.inf]
    assert Activation("step")(x).tolist() == [0, 0, 0, 0, 0, 1, 1, 1]
    logistic = [0.0, 0.0, 1 / (1 + math.e), 0.5, 0.5, math.e / (1 + math.e), 1.0, 1.0]
    assert Activation("sigmoid")(x) == pytest.approx(logistic, abs=2e-16)


def test_what_has_no_value_stays_so_but_for_a_step():
    nothing = np.array([math.nan])
    assert Activation("step")(nothing).tolist() == [0.0]
    for kind in ("relu", "sigmoid", "tanh", "linear"):
        assert np.isnan(Activation(kind)(nothing)).all()


@given(points)
def test_the_sigmoid_is_the_logistic_function(x):
    assert Activation("sigmoid")(np.array([x]))[0] == pytest.approx(
        1 / (1 + math.exp(-x)), abs=3e-16
    )


@pytest.mark.parametrize("activation", ALL)
def test_pieces_join(activation):
    pieces = ameo_pieces(activation.factor, activation.leak)
    assert [piece.end for piece in pieces] == sorted({piece.end for piece in pieces})
    for left, right in pairwise(pieces):
        values = [
            sum(
                weight * (left.end - piece.centre) ** k
                for k, weight in enumerate(piece.coefficients)
            )
            for piece in (left, right)
        ]
        assert values[0] == pytest.approx(values[1], abs=1e-12)


@pytest.mark.parametrize("activation", ALL)
def test_bits_are_inverted_exactly(activation):
    values = activation(np.array([-3.0, -1.0, 0.0, 1.0, 3.0]))
    assert values.tolist() == [-1, 1, 0, -1, 1]


def test_the_slope_outside_is_the_leak():
    slopes = np.diff(Activation("ameo", 0.5, 0.1)(np.array([-7.0, -6.0, 6.0, 7.0])))
    assert slopes[[0, 2]] == pytest.approx([0.1, 0.1])


def test_any_shape_goes():
    column = np.linspace(-4, 4, 24)
    block = Activation("ameo", 0.5, 0.1)(column.reshape(2, 3, 4))
    assert block.shape == (2, 3, 4)
    assert block.ravel().tolist() == Activation("ameo", 0.5, 0.1)(column).tolist()


@pytest.mark.parametrize("activation", ALL)
def test_many_numbers_at_once_are_as_each_alone(activation):
    ends = np.arange(-3.0, 4.0)
    x = np.concatenate([ends, np.nextafter(ends, 9), np.nextafter(ends, -9), [-np.inf, np.inf]])
    x = np.concatenate([x, np.random.default_rng(0).normal(0, 3, 100), [np.nan, -0.0, 1e60]])
    with np.errstate(invalid="ignore", over="ignore"):
        alone = [activation(x[[place]])[0] for place in range(len(x))]
        np.testing.assert_array_equal(activation(x), alone)


@given(points, points, st.lists(st.floats(-3, 3), min_size=1, max_size=5))
def test_a_shifted_polynomial_is_the_same(x, centre, coefficients):
    piece = Piece(np.inf, 0.5, tuple(coefficients))
    moved = Piece(np.inf, centre, piece.shifted(centre))
    size = sum(map(abs, coefficients)) * (abs(x - centre) + abs(centre) + 1) ** len(coefficients)
    values = [evaluate_pieces((part,), np.array([x]))[0] for part in (piece, moved)]
    assert values[0] == pytest.approx(values[1], abs=1e-12 * (size + 1))


def functions(width, grid, activation):
    """Return which functions of bits one neuron computes: by sign, and exactly."""
    rows = np.array(list(product((-1.0, 1.0), repeat=width)))
    found, exact = set(), set()
    codes = 1 << np.arange(len(rows))
    for bias in grid:
        weights = np.array(list(product(grid, repeat=width)))
        values = activation(weights @ rows.T + bias)
        signed = (np.abs(values) > 1e-9).all(axis=1)
        found |= set(((values > 0) @ codes)[signed].tolist())
        sharp = (np.abs(np.abs(values) - 1) < 1e-12).all(axis=1)
        exact |= set(((values > 0) @ codes)[sharp].tolist())
    return found, exact


@pytest.mark.parametrize("factor", [0.0, 0.5, 1.0])
def test_one_neuron_computes_all_functions_of_two_bits(factor):
    found, exact = functions(2, np.arange(-3, 3.1, 0.5), Activation("ameo", factor, 0.0))
    assert found == exact == set(range(16))


@pytest.mark.parametrize("factor", [0.5, 1.0])
def test_one_neuron_computes_all_functions_of_three_bits_by_sign(factor):
    found, _ = functions(3, np.arange(-3, 3.1, 0.5), Activation("ameo", factor, 0.0))
    assert found == set(range(256))


def test_only_224_functions_of_three_bits_come_out_exactly():
    _, exact = functions(3, np.arange(-4, 4.1, 0.5), Activation("ameo", 1.0, 0.0))
    assert len(exact) == 224


def test_no_neuron_of_a_monotone_activation_computes_xor():
    found, _ = functions(2, np.arange(-3, 3.1, 0.5), Activation("tanh"))
    assert len(found) == 14
    assert not found & {0b0110, 0b1001}
