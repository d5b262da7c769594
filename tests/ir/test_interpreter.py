import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import graphs, logic_graphs, outputs_of, random_bits

from bonsai_compiler.ir.activation import Activation
from bonsai_compiler.ir.interpreter import evaluate_nodes, initial_states, nearest, next_states, run
from bonsai_compiler.ir.text import load
from bonsai_compiler.specification.machine import letters

DELAY = """\
graph delay2
activation ameo = factor 0.5 leak 0.1
input  x in {-1, 1}
state  s0 = -1 then r0
state  s1 = -1 then r1
neuron r0 = ameo(-1*x)
neuron r1 = ameo(-1*s0)
neuron o0 = linear(1*s1)
output y = o0
"""


@given(graphs() | logic_graphs(), st.integers(0, 1000))
def test_a_batch_computes_what_one_by_one_does(graph, seed):
    alphabet = letters(len(graph.inputs))
    states = initial_states(graph)
    for letter in np.random.default_rng(seed).integers(len(alphabet), size=5):
        batch = np.repeat(states, len(alphabet), axis=0)
        together = evaluate_nodes(graph, batch, alphabet)
        following = next_states(graph, together, len(alphabet))
        for place, bits in enumerate(alphabet):
            alone = evaluate_nodes(graph, states, bits[None, :])
            for name, column in alone.items():
                assert together[name][place] == column[0]
            assert following[place].tobytes() == next_states(graph, alone, 1)[0].tobytes()
        states = following[letter][None, :]


@given(graphs() | logic_graphs())
def test_run_is_tick_after_tick(graph):
    sequence = random_bits(7, len(graph.inputs))
    trace = run(graph, sequence)
    columns = [trace[node.name].tolist() for node in graph.outputs]
    assert list(zip(*columns, strict=True)) == outputs_of(graph, sequence)


@pytest.mark.parametrize(
    ("value", "level"),
    [
        (-9, -1),
        (-1, -1),
        (-0.51, -1),
        (-0.5, -1),
        (-0.49, 0),
        (0.5, 0),
        (0.51, 1),
        (1.5, 1),
        (7, 2),
    ],
)
def test_the_nearest_level_is_the_lower_of_two_equally_near(value, level):
    assert nearest(np.array([float(value)]), (-1.0, 0.0, 1.0, 2.0)).tolist() == [level]


def test_without_levels_every_value_stays():
    assert nearest(np.array([0.3, -7.0]), ()).tolist() == [0.3, -7.0]
    assert nearest(np.array([0.3, -7.0]), (0.25,)).tolist() == [0.25, 0.25]


def test_a_delay_by_hand():
    bits = np.array([[1], [0], [0], [1], [1], [0]], dtype=bool)
    trace = run(load(DELAY), bits)
    assert trace["x"].tolist() == [1, -1, -1, 1, 1, -1]
    assert trace["s0"].tolist() == [-1, 1, -1, -1, 1, 1]
    assert trace["s1"].tolist() == [-1, -1, 1, -1, -1, 1]
    assert trace["y"].tolist() == [False, False, True, False, False, True]


def test_a_sum_by_hand():
    graph = load("""\
        graph sum
        activation ameo = factor 1 leak 0.1
        input x0 in {-1, 1}
        input x1 in {-1, 1}
        state s = 0.25 then a near {-1, 0, 2}
        neuron a = ameo(2*x0 - 0.5*x1 + 1*s + 0.75)
        neuron b = linear(0.5*a - 1)
        output y = b""")
    bits = np.array([[1, 0], [0, 1], [1, 1]], dtype=bool)
    trace = run(graph, bits)
    # 2 + 0.5 + 0.25 + 0.75 = 3.5; -2 - 0.5 + 2 + 0.75 = 0.25; 2 - 0.5 + 0 + 0.75 = 2.25
    assert trace["a"].tolist() == pytest.approx([1.05, -0.25, 0.25])
    assert trace["s"].tolist() == [0.25, 2, 0]
    assert trace["b"].tolist() == pytest.approx([-0.475, -1.125, -0.875])


def test_a_gated_state_by_hand():
    """A unit that keeps what it holds as far as its gate is shut, read where it is new."""
    graph = load("""\
        graph gated
        activation sigmoid = sigmoid
        input x in {-1, 1}
        state h = 0.5 then n
        neuron z = sigmoid(100*x)
        neuron d = linear(1*h - 1*x)
        product p = z * d
        neuron n = linear(1*x + 1*p)
        neuron o = linear(1*n - 0.25)
        output y = o""")
    trace = run(graph, np.array([[1], [1], [0], [0]], dtype=bool))
    assert trace["h"].tolist() == [0.5, 0.5, 0.5, -1.0]
    assert trace["n"].tolist() == [0.5, 0.5, -1.0, -1.0]
    assert trace["y"].tolist() == [True, True, False, False]


def test_truth_is_greater_than_zero():
    graph = load("graph g\ninput x in {-1, 1}\nneuron n = linear(1*x + 1)\noutput y = n")
    assert outputs_of(graph, np.array([[False], [True]])) == [(False,), (True,)]


def test_zero_states_and_negative_zero_are_one():
    graph = load("graph g\nstate s = 1 then n\nneuron n = linear(-0*s)\noutput y = n")
    values = evaluate_nodes(graph, initial_states(graph), np.zeros((1, 0), dtype=bool))
    assert next_states(graph, values, 1).tobytes() == np.zeros((1, 1)).tobytes()


def test_logic_by_hand():
    graph = load("""\
        graph counter (logic)
        input x in {False, True}
        state s = 1 then n near {0, 1, 2}
        state f = True then g
        logic n = min(s + 1, 2) if x else (2, 0, 1)[s]
        logic g = not f and s != 2
        output y = g
        output z = n
        output w = s""")
    trace = run(graph, np.array([[1], [0], [0], [0], [1]], dtype=bool))
    assert trace["s"].tolist() == [1, 2, 1, 0, 2]
    assert trace["n"].tolist() == [2, 1, 0, 2, 2]
    assert trace["f"].tolist() == [True, False, False, True, False]
    assert trace["g"].tolist() == [False, False, True, False, False]
    assert trace["y"].tolist() == [False, False, True, False, False]
    assert trace["z"].tolist() == [True, True, False, True, True]
    assert trace["w"].tolist() == [True, True, True, False, True]


def test_no_ticks_give_empty_columns():
    trace = run(load(DELAY), np.zeros((0, 1), dtype=bool))
    assert {len(column) for column in trace.values()} == {0}


def test_tanh_and_a_declared_linear():
    graph = load("""\
        graph g
        activation squash = tanh
        activation same = linear
        input x in {-1, 1}
        neuron a = squash(0.5*x)
        neuron b = same(0.5*x)
        output y = a""")
    trace = run(graph, np.array([[True]]))
    assert trace["a"][0] == pytest.approx(Activation("tanh")(np.array([0.5]))[0])
    assert trace["b"][0] == 0.5
