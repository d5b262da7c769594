"""Signs that are told by one node alone."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import graphs, outputs_of, random_bits

from bonsai_compiler.equivalence.system import GraphSystem
from bonsai_compiler.ir.activation import Activation
from bonsai_compiler.ir.graph import size
from bonsai_compiler.ir.liveness import live_part
from bonsai_compiler.ir.verify import verify
from bonsai_compiler.oracle.oracle import SpecificationOracle
from bonsai_compiler.passes.resubstitute import Resubstitute, sign_told
from bonsai_compiler.system.deadline import NEVER

AMEO, TANH, RELU = Activation("ameo", 0.5, 0.1), Activation("tanh"), Activation("relu")
columns = st.lists(st.floats(-8, 8), min_size=1, max_size=8).map(np.array)


def above(found, activation, column):
    weight, bias = found
    return activation(weight * column + bias) > 0


@given(columns, st.data())
def test_what_tells_a_sign_tells_it_on_each_row(column, data):
    rows = len(column)
    truth = np.array(data.draw(st.lists(st.booleans(), min_size=rows, max_size=rows)))
    for activation in (AMEO, TANH, RELU):
        found = sign_told(activation, column, truth)
        if found is not None:
            assert np.array_equal(above(found, activation, column), truth)


@given(columns, st.booleans(), st.data())
def test_one_threshold_is_told_either_way(column, upwards, data):
    # Of values that lie closer than sums are exact, nothing has to tell one from the other.
    column = np.round(column, 3)
    values = np.unique(column)
    place = data.draw(st.integers(0, len(values) - 1))
    truth = (column > values[place]) == upwards
    for activation in (AMEO, TANH):
        found = sign_told(activation, column, truth)
        assert (found is None) == (len(np.unique(truth)) < 2)
        assert found is None or np.array_equal(above(found, activation, column), truth)


def test_an_activation_that_rises_and_falls_tells_what_lies_between():
    column = np.array([3.0, 1.0, 0.0, 2.0])
    between = (column > 0.5) & (column < 2.5)
    for truth in (between, ~between):
        found = sign_told(AMEO, column, truth)
        assert found is not None
        assert np.array_equal(above(found, AMEO, column), truth)
        assert sign_told(TANH, column, truth) is None
    parity = column % 2 == 1
    assert sign_told(AMEO, column, parity) is not None
    assert sign_told(AMEO, np.arange(5.0), np.arange(5) % 2 == 1) is None
    # One value of which both is asked is told by nothing.
    assert sign_told(AMEO, np.array([1.0, 1.0]), np.array([True, False])) is None


@settings(max_examples=60)
@given(graphs(bounded=True))
def test_what_is_searched_keeps_the_behaviour_and_reads_less(graph):
    oracle = SpecificationOracle(GraphSystem(graph))
    found = Resubstitute.search(graph, oracle, NEVER)
    after = found.apply(graph)
    verify(after)
    before = size(live_part(graph)).weights
    assert size(live_part(after)).weights <= before - len(found.sources)
    sequence = random_bits(60, len(graph.inputs), 0)
    assert np.array_equal(outputs_of(after, sequence), outputs_of(graph, sequence))
