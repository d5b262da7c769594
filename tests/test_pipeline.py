"""Laws of the whole pipeline, over random networks that are their own specification."""

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from strategies import all_situations, graphs, module, outputs_of, random_bits

from bonsai_compiler import expression
from bonsai_compiler.backends import BACKENDS
from bonsai_compiler.ir import Dialect, size
from bonsai_compiler.pipeline import compile_graph
from bonsai_compiler.proof.behaviour import GraphBehaviour
from bonsai_compiler.proof.equiv import compare
from bonsai_compiler.proof.judge import SpecificationJudge
from bonsai_compiler.text import dump, load
from bonsai_compiler.tuning.drift import endless
from bonsai_compiler.tuning.tuning import Tuning
from bonsai_compiler.verify import verify


@st.composite
def finite_graphs(draw):
    """Random networks whose states reach few values."""
    graph = draw(graphs())
    assume(all_situations(graph, 40) is not None)
    return graph


def compiled(graph):
    tuning = Tuning(SpecificationJudge(GraphBehaviour(graph)))
    return compile_graph(graph, tuning)


@settings(max_examples=60)
@given(finite_graphs(), st.integers(0, 99))
def test_a_compiled_network_is_proved_and_does_the_same(graph, seed):
    whole = compiled(graph)
    for step in whole.steps:
        verify(step.graph, step.name)
    assert whole.settled
    assert whole.graph.dialect is Dialect.LOGIC
    assert compare(GraphBehaviour(whole.graph), GraphBehaviour(graph)).kind == "proved"
    sequence = random_bits(80, len(graph.inputs), seed)
    wanted = outputs_of(graph, sequence)
    assert outputs_of(whole.graph, sequence) == wanted
    assert outputs_of(whole.neurons, sequence) == wanted
    program = module(BACKENDS["python"](whole.graph))
    state = program["start"]
    for bits, expected in zip(sequence, wanted, strict=True):
        state, result = program["step"](state, *map(bool, bits))
        assert (result if isinstance(result, tuple) else (result,)) == expected


@settings(max_examples=40)
@given(finite_graphs())
def test_compiling_what_was_compiled_changes_nothing(graph):
    once = compiled(graph).neurons
    assert dump(compiled(once).neurons) == dump(once)


@settings(max_examples=40)
@given(finite_graphs())
def test_sizes_never_grow(graph):
    sizes = [size(step.graph).weights for step in compiled(graph).steps if step.name != "lower"]
    neurons = sizes[:-1]
    assert neurons == sorted(neurons, reverse=True)


DRIFTING = load("""\
graph drifting
state s0 = 0 then r0
state s1 = -1 then r1
neuron r0 = linear(1*s0 + 0.01)
neuron r1 = linear(-1*s1)
neuron o0 = linear(1*s0 + 0.001*s1 - 0.1)
output y = o0
""")


def test_a_state_that_drifts_is_said_to():
    assert endless(DRIFTING) == "no few levels: s0 drifts"
    tuning = Tuning(SpecificationJudge(GraphBehaviour(DRIFTING)))
    whole = compile_graph(DRIFTING, tuning)
    assert not whole.settled
    snapped = next(step for step in whole.steps if step.name == "snap")
    assert snapped.deed == "no few levels: s0 drifts"


def test_a_state_that_only_never_repeats_is_not_said_to_drift():
    """The logistic map keeps to its interval, and visits it all over."""
    turning = load("""\
graph turning
activation bend = factor 1 leak 0
state s0 = 0.3 then r1
neuron r0 = bend(1.7320508*s0 + 0.1)
neuron r1 = bend(-1.9*r0 - 0.3)
neuron o0 = linear(1*s0)
output y = o0
""")
    assert endless(turning) == "no few levels: s0 never repeats"
    assert len(np.unique(outputs_of(turning, random_bits(50, 0)))) == 2


def test_a_graph_whose_logic_nobody_could_read_stays_a_graph_of_neurons(monkeypatch):
    graph = load("""\
graph maze
activation ameo = factor 0 leak 0
input  a in {-1, 1}
input  b in {-1, 1}
state  s0 = -1 then o0
neuron o0 = ameo(1*a + 1*b + 1*s0)
output y = o0
""")
    monkeypatch.setattr(expression, "DEEPEST", 1)
    expression.parse.cache_clear()
    whole = compiled(graph)
    expression.parse.cache_clear()
    assert whole.settled
    assert whole.graph.dialect is Dialect.NEURONS
    assert (whole.steps[-1].name, whole.steps[-1].check) == ("lower", "")
    assert "nested too deeply" in whole.steps[-1].deed
    assert compare(GraphBehaviour(whole.graph), GraphBehaviour(graph)).kind == "proved"
