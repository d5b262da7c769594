"""The page computes what the interpreter computes, to the last bit."""

import json
import math

import numpy as np
import pytest
from browsing import IN_THE_PAGE
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import graphs, logic_graphs, random_bits, to_the_last_bit

from bonsai_compiler.ir.activation import Activation
from bonsai_compiler.ir.interpreter import run
from bonsai_compiler.page.page_data import runnable_graph


def in_the_page(evaluator, graph, sequence):
    """Every tick's values by the page's evaluation, a column a node."""
    data = json.loads(json.dumps(runnable_graph(graph)))
    rows = evaluator.evaluate(IN_THE_PAGE, [data, sequence.tolist()])
    return {node.name: [row[place] for row, _ in rows] for place, node in enumerate(graph.nodes)}


def bits(values):
    """Numbers so that only the same doubles are equal: 0.0 is not -0.0, and NaN is NaN."""
    return ["nan" if math.isnan(value) else float(value).hex() for value in values]


@given(graphs(kinds=to_the_last_bit) | logic_graphs(), st.integers(0, 99))
@settings(max_examples=50)
def test_the_page_evaluates_as_the_interpreter_does(evaluator, graph, seed):
    sequence = random_bits(12, len(graph.inputs), seed)
    with np.errstate(all="ignore"):
        wanted = run(graph, sequence)
    given_values = in_the_page(evaluator, graph, sequence)
    for name, values in wanted.items():
        assert bits(given_values[name]) == bits(values.tolist()), name
        assert {type(value) is bool for value in given_values[name]} == {values.dtype == np.bool_}


@given(graphs(kinds=st.sampled_from([Activation("tanh"), Activation("sigmoid")]), bounded=True))
@settings(max_examples=20)
def test_tanh_differs_in_its_last_bits_at_most(evaluator, graph):
    sequence = random_bits(6, len(graph.inputs))
    wanted = run(graph, sequence)
    given_values = in_the_page(evaluator, graph, sequence)
    for node in graph.computed:
        wanted_values = wanted[node.name].tolist()
        assert given_values[node.name] == pytest.approx(wanted_values, rel=1e-9, abs=1e-12)
