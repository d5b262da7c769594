import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from strategies import graphs

from bonsai_compiler.ir.activation import Activation
from bonsai_compiler.ir.interpreter import evaluate_nodes, next_states
from bonsai_compiler.ir.plan import Plan


@given(graphs(), st.integers(0, 2**32 - 1))
def test_a_plan_is_the_interpreter_bit_for_bit(graph, seed):
    rng = np.random.default_rng(seed)
    bits = rng.integers(0, 2, size=(17, len(graph.inputs))).astype(bool)
    states = rng.normal(scale=2, size=(17, len(graph.states)))
    values = evaluate_nodes(graph, states, bits)
    plan = Plan(graph)
    planned = plan.evaluate(states, bits)
    assert plan.next_states(planned).tobytes() == next_states(graph, values, 17).tobytes()
    for place, output in enumerate(graph.outputs):
        assert plan.outputs(planned)[:, place].tobytes() == values[output.source].tobytes()


SMOOTH = st.sampled_from(["tanh", "sigmoid", "relu", "linear"]).map(Activation)


@given(graphs(st.floats(-2, 2), SMOOTH), st.integers(0, 2**32 - 1))
def test_an_approximate_plan_is_off_by_last_bits(graph, seed):
    rng = np.random.default_rng(seed)
    bits = rng.integers(0, 2, size=(17, len(graph.inputs))).astype(bool)
    states = rng.normal(size=(17, len(graph.states)))
    values = Plan(graph).evaluate(states, bits)
    near = Plan(graph, approximate=True).evaluate(states, bits)
    np.testing.assert_allclose(near, values, rtol=0, atol=1e-9 * (1 + np.abs(values).max()))
