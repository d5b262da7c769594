"""Ticks of sets, held against exact arithmetic and against single precision in any order."""

import mpmath
import numpy as np
import pytest
from exactly import exactly, kept
from hypothesis import given
from hypothesis import strategies as st
from strategies import graphs

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.activation import Activation
from bonsai_compiler.ir.graph import Dialect, Graph, Input, Logic, Neuron, Output, Product
from bonsai_compiler.ir.parsing import parse
from bonsai_compiler.ir.text import load
from bonsai_compiler.regions.rounding import SINGLE
from bonsai_compiler.regions.zonotopes import AbstractNetwork, Zonotopes, boxes

smooth = st.sampled_from(["tanh", "sigmoid", "relu", "linear"]).map(Activation)


def singly(graph, states, bits, rng):
    """The same in single precision, every sum in an order of its own."""
    given = zip(graph.inputs + graph.states, [*(2 * bits - 1.0), *states], strict=True)
    values = {node.name: np.float32(value) for node, value in given}
    for node in graph.computed:
        if isinstance(node, Product):
            values[node.name] = values[node.left] * values[node.right]
            continue
        parts = [np.float32(t.weight) * values[t.source] for t in node.terms]
        parts = [*parts, np.float32(node.bias)]
        while len(parts) > 1:
            rng.shuffle(parts)
            parts = [parts[0] + parts[1], *parts[2:]]
        values[node.name] = _bent(graph.activation_of[node.activation], parts[0])
    return values, [kept(values[state.next], state.levels) for state in graph.states]


def _bent(activation, x):
    bend = {
        "tanh": np.tanh,
        "sigmoid": lambda x: np.float32(1) / (np.float32(1) + np.exp(-x)),
        "relu": lambda x: max(x, np.float32(0)),
        "step": lambda x: np.float32(x > 0),
        "linear": lambda x: x,
    }
    return np.float32(bend[activation.kind](x))


@given(graphs(st.floats(-4, 4), products=True), st.integers(0, 2**32 - 1))
def test_a_tick_holds_every_point_exactly(graph, seed):
    rng = np.random.default_rng(seed)
    alphabet = graph.input_signals.alphabet
    network = AbstractNetwork(graph, alphabet)
    width = len(graph.states)
    centre = rng.uniform(-1, 1, (width, 1))
    generators = rng.uniform(-1, 1, (3, width, 1)) * 10.0 ** rng.integers(-9, 1)
    letter = int(rng.integers(len(alphabet)))
    tick = network.step(Zonotopes(centre, generators), np.array([letter]))
    assert tick.sound[0]
    low, high = tick.following.low[:, 0], tick.following.high[:, 0]
    with mpmath.workdps(50):
        for _ in range(6):
            amounts = rng.uniform(-1, 1, 3) if rng.integers(2) else rng.choice([-1.0, 1.0], 3)
            point = [
                mpmath.mpf(centre[place, 0])
                + sum(
                    mpmath.mpf(amount) * mpmath.mpf(generators[symbol, place, 0])
                    for symbol, amount in enumerate(amounts.tolist())
                )
                for place in range(width)
            ]
            values, following = exactly(graph, point, alphabet[letter])
            for place, value in enumerate(following):
                assert low[place] <= value <= high[place]
            for place, node in enumerate(graph.outputs):
                assert tick.low[place, 0] <= values[node.source] <= tick.high[place, 0]
            # Not only the hull: the zonotope holds the point in every direction.
            if any(state.levels for state in graph.states):
                continue
            direction = rng.integers(-3, 4, width)
            reach = _along(direction, [mpmath.mpf(0)] * width, tick.following)
            away = sum(
                int(step) * (value - mpmath.mpf(float(middle)))
                for step, value, middle in zip(
                    direction, following, tick.following.centre[:, 0], strict=True
                )
            )
            assert abs(away) <= reach * (1 + mpmath.mpf(2) ** -40)


def _along(direction, nothing, sets):
    """How far a set reaches from its centre in a direction."""
    return mpmath.fsum(
        abs(mpmath.fdot(zip(direction.tolist(), row.tolist(), strict=True)))
        for row in sets.generators[:, :, 0]
    )


@given(graphs(st.floats(-4, 4), smooth), st.integers(0, 2**32 - 1))
def test_a_tick_holds_what_single_precision_makes_in_any_order(graph, seed):
    rng = np.random.default_rng(seed)
    alphabet = graph.input_signals.alphabet
    network = AbstractNetwork(graph, alphabet)
    point = rng.uniform(-1, 1, len(graph.states)).astype(np.float32)
    sets = boxes(point[:, None].astype(float), point[:, None].astype(float))
    states = point
    for _ in range(3):
        letter = int(rng.integers(len(alphabet)))
        tick = network.step(sets, np.array([letter]))
        values, following = singly(graph, states, alphabet[letter], rng)
        for place, value in enumerate(following):
            assert tick.following.low[place, 0] <= float(value) <= tick.following.high[place, 0]
        for place, node in enumerate(graph.outputs):
            assert tick.low[place, 0] <= float(values[node.source]) <= tick.high[place, 0]
        sets, states = tick.following, [np.float32(value) for value in following]


@given(st.lists(st.tuples(st.floats(-1e9, 1e9), st.floats(0, 1e9)), min_size=1, max_size=4))
def test_a_box_holds_its_corners(sides):
    low = np.array([[side] for side, _ in sides])
    high = np.array([[side + width] for side, width in sides])
    box = boxes(low, high)
    assert (box.low <= low).all()
    assert (high <= box.high).all()


def test_what_grows_without_end_is_never_sound():
    nodes = (Input("x"), Neuron("n", "linear", 1e30, ()), Product("p", "n", "n"))
    nodes = (*nodes, Product("q", "p", "p"), Output("y", "q"))
    network = AbstractNetwork(Graph("huge", nodes), np.array([[False], [True]]))
    nothing = np.zeros((0, 1))
    assert not network.step(boxes(nothing, nothing), np.array([0])).sound[0]


def test_a_graph_of_logic_is_refused():
    nodes = (Input("x"), Logic("n", parse("not x")), Output("y", "n"))
    graph = Graph("logic", nodes, dialect=Dialect.LOGIC)
    with pytest.raises(BonsaiError, match="logic: is of logic"):
        AbstractNetwork(graph, np.array([[False], [True]]))


@given(st.integers(0, 2**32 - 1))
def test_the_slack_covers_a_network_that_is_fed_zeros_and_ones(seed):
    rng = np.random.default_rng(seed)
    weights = rng.normal(size=4).astype(np.float32) * np.float32(10.0 ** rng.integers(-3, 4))
    # The worst case: what stands in the graph's bias nearly cancels out.
    bias = np.float32(-weights.astype(np.float64).sum() / 2 + rng.normal() * 1e-3)
    halves = [float(weight) / 2 for weight in weights]
    terms = " ".join(
        f"{'+' if half >= 0 else '-'} {abs(half)!r}*x{n}" for n, half in enumerate(halves)
    )
    offset = float(bias) + sum(halves)
    graph = load(
        "\n".join(
            [
                "graph fed",
                "activation linear = linear",
                *(f"input x{n} in {{-1, 1}}" for n in range(4)),
                f"neuron o = linear({terms.removeprefix('+ ')} + {offset!r})".replace("+ -", "- "),
                "output y = o",
            ]
        )
    )
    network = AbstractNetwork(graph, graph.input_signals.alphabet)
    empty = boxes(np.zeros((0, 1)), np.zeros((0, 1)))
    for letter, bits in enumerate(graph.input_signals.alphabet):
        tick = network.step(empty, np.array([letter]))
        parts = [
            *(weight * np.float32(bit) for weight, bit in zip(weights, bits, strict=True)),
            bias,
        ]
        sizes = sum(abs(float(part)) for part in parts)
        assert tick.slack[0] >= (len(parts) + 1) * SINGLE * sizes
        for _ in range(4):
            rng.shuffle(parts)
            total = np.float32(0)
            for part in parts:
                total = np.float32(total + part)
            assert tick.low[0, 0] <= total <= tick.high[0, 0]
