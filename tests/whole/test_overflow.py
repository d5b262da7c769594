"""Infinity, NaN, huge numbers and tanh: one meaning in interpreter, plan, program and page."""

import json
import math
import warnings

import numpy as np
import pytest
from browsing import IN_THE_PAGE
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import graphs, module, random_bits, to_the_last_bit

from bonsai_compiler.backends import BACKENDS
from bonsai_compiler.equivalence.system import GraphSystem
from bonsai_compiler.ir.activation import Activation
from bonsai_compiler.ir.interpreter import evaluate_nodes, initial_states, nearest, next_states
from bonsai_compiler.ir.plan import Plan
from bonsai_compiler.ir.text import load
from bonsai_compiler.ir.verify import verify
from bonsai_compiler.oracle.compare import compare
from bonsai_compiler.page.page_data import runnable_graph

LARGEST = 1.7976931348623157e308
huge = st.sampled_from([LARGEST, -LARGEST, 1e308, -1e308, 1e200, -1e200, 1e160, -1e160])
plain = st.sampled_from([2.0, -2.0, 1.0, -1.0, 0.5, 0.0, -0.0, 5e-324])
overflowing = graphs(plain | huge)
TICKS = 8


def alike(given, wanted):
    """Whether two numbers are the same double, where -0.0 is 0.0 and NaN is NaN."""
    return given == wanted or (math.isnan(given) and math.isnan(wanted))


def interpreted(graph, sequence):
    """The values of all nodes and the states that follow, tick by tick."""
    states = initial_states(graph)
    for bits in sequence:
        values = evaluate_nodes(graph, states, bits[None, :])
        states = next_states(graph, values, 1)
        yield {name: column[0].item() for name, column in values.items()}, states[0].tolist()


def hold_to_the_program(graph, sequence):
    """Hold the emitted `step` against the interpreter, state by state."""
    program = module(BACKENDS["python"](graph))
    state, width = program["start"], len(graph.states)
    for bits, (values, following) in zip(sequence, interpreted(graph, sequence), strict=True):
        state, answer = program["step"](state, *bits.tolist())
        answers = answer if isinstance(answer, tuple) else (answer,)
        assert [values[output.name] for output in graph.outputs] == [*answers]
        kept = [state] if width == 1 else [*state]
        assert all(map(alike, kept, following)), (kept, following)


@settings(max_examples=100)
@given(overflowing, st.integers(0, 99))
def test_programs_plans_and_the_interpreter_agree_where_numbers_overflow(graph, seed):
    verify(graph)
    sequence = random_bits(TICKS, len(graph.inputs), seed)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        hold_to_the_program(graph, sequence)
        plan, states = Plan(graph), initial_states(graph)
        for bits, (values, following) in zip(sequence, interpreted(graph, sequence), strict=True):
            planned = plan.evaluate(states, bits[None, :])
            states = plan.next_states(planned)
            assert all(map(alike, states[0].tolist(), following))
            for name, row in plan.rows.items():
                assert alike(planned[row, 0].item(), values[name])


@settings(max_examples=40)
@given(graphs(plain | huge, to_the_last_bit), st.integers(0, 99))
def test_the_page_agrees_where_numbers_overflow(evaluator, graph, seed):
    sequence = random_bits(TICKS, len(graph.inputs), seed)
    data = json.loads(json.dumps(runnable_graph(graph)))
    rows = evaluator.evaluate(IN_THE_PAGE, [data, sequence.tolist()])
    for (values, following), (found, after) in zip(interpreted(graph, sequence), rows, strict=True):
        assert all(map(alike, found, values.values()))
        assert all(map(alike, after, following))


@given(st.floats(-25, 25) | st.floats())
def test_tanh_is_python_s_own_to_the_last_bit(x):
    for column in (np.array([x]), np.full((2, 3), x)):
        assert all(alike(value, math.tanh(x)) for value in Activation("tanh")(column).ravel())


def test_tanh_is_python_s_own_for_many_arguments():
    given_values = np.random.default_rng(0).normal(scale=2, size=10_000)
    wanted = [math.tanh(x) for x in given_values.tolist()]
    assert Activation("tanh")(given_values).tolist() == wanted
    assert Activation("tanh")(given_values).dtype == np.float64


DOUBLING = """\
graph doubling
activation a = factor FACTOR leak LEAK
state  s = 0.5 then n
state  t = 1 then m near {-1, 1}
neuron n = linear(2*s)
neuron m = a(1*s)
neuron z = linear(1*n - 1*n)
neuron q = a(1*z + 1)
output y = m
output w = q
"""


@pytest.mark.parametrize("factor", ["0", "0.5", "1"])
@pytest.mark.parametrize("leak", ["0", "0.1", "1"])
def test_a_state_that_doubles_for_a_thousand_ticks_goes_on(factor, leak):
    graph = load(DOUBLING.replace("FACTOR", factor).replace("LEAK", leak))
    hold_to_the_program(graph, np.zeros((1100, 0), dtype=bool))
    assert compare(GraphSystem(graph), GraphSystem(graph)).kind == "proved"


def test_nan_is_greater_than_nothing():
    found = nearest(np.array([math.nan, math.inf, -math.inf, 0.5]), (-1.0, 0.0, 1.0))
    assert found.tolist() == [-1.0, 1.0, -1.0, 0.0]


def test_the_middle_of_two_huge_levels_is_between_them():
    assert nearest(np.array([1.5e308, 1.7e308]), (1.4e308, LARGEST)).tolist() == [1.4e308, LARGEST]
