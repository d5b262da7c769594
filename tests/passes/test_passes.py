from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import ascending, exact_graphs, graphs, outputs_of, random_bits

from bonsai_compiler.equivalence.system import GraphSystem
from bonsai_compiler.ir.graph import Input, Neuron, Output, Product, State, Term, reads
from bonsai_compiler.ir.interpreter import run
from bonsai_compiler.ir.text import dump, load
from bonsai_compiler.ir.verify import verify
from bonsai_compiler.oracle.compare import compare
from bonsai_compiler.passes import HOLD_TO_LEVELS, PASSES, REDUCE
from bonsai_compiler.passes.clip import Clip
from bonsai_compiler.passes.dead_code import DeadCode
from bonsai_compiler.passes.discretize import Discretize
from bonsai_compiler.passes.fold_constants import FoldConstants
from bonsai_compiler.passes.quantize import Quantize
from bonsai_compiler.passes.remove_redundancy import RemoveRedundancy
from bonsai_compiler.passes.signal_correspondence import MergeCorresponding

EXACT = [FoldConstants(), MergeCorresponding(), DeadCode()]


@st.composite
def applications(draw, given_graphs):
    """A graph, and a pass for it."""
    graph = draw(given_graphs)
    kind = draw(st.sampled_from(HOLD_TO_LEVELS + REDUCE))
    edges = [(node.name, term.source) for node in graph.neurons for term in node.terms]
    numbers = st.floats(-2, 2, allow_nan=False)
    match kind.name:
        case "clip":
            return graph, kind(draw(st.floats(0, 4)))
        case "quantize":
            return graph, kind(draw(st.sampled_from([1.0, 0.5, 0.2, 0.125, 0.1, 0.01])))
        case "drop":
            chosen = draw(st.lists(st.sampled_from(edges))) if edges else []
            return graph, kind(chosen)
        case "snap":
            ladders = st.lists(numbers, min_size=1, max_size=3).map(ascending)
            names = [node.name for node in graph.states if draw(st.booleans())]
            return graph, kind({name: draw(ladders) for name in names})
    return graph, kind()


@settings(max_examples=100)
@given(applications(graphs()))
def test_every_pass_is_idempotent_and_keeps_form_names_interface_and_order(case):
    graph, item = case
    before = dump(graph)
    after = item.apply(graph)
    verify(after, item.name)
    assert dump(item.apply(after)) == dump(after)
    assert dump(graph) == before
    kinds = {node.name: type(node) for node in graph.nodes}
    weighted = [node for node in after.nodes if kinds[node.name] is Product]
    assert all(isinstance(node, Neuron | Product) for node in weighted)
    kinds |= {node.name: type(node) for node in weighted}
    names = [node.name for node in after.nodes]
    assert {node.name: type(node) for node in after.nodes}.items() <= kinds.items()
    assert names == [name for name in kinds if name in names]
    assert (after.name, after.inputs, after.dialect) == (graph.name, graph.inputs, graph.dialect)
    assert [node.name for node in after.outputs] == [node.name for node in graph.outputs]


@pytest.mark.parametrize("item", EXACT)
@settings(max_examples=50)
@given(exact_graphs(), st.integers(0, 99))
def test_exact_passes_keep_behaviour_exactly(item, graph, seed):
    after = item.apply(graph)
    sequence = random_bits(60, len(graph.inputs), seed)
    before, values = run(graph, sequence), run(after, sequence)
    assert [node.name for node in after.outputs] == [node.name for node in graph.outputs]
    for node in after.nodes:
        np.testing.assert_array_equal(values[node.name], before[node.name])


def test_the_table_marks_what_is_exact():
    exact = {name for name, item in PASSES.items() if item.exact}
    assert PASSES.keys() - exact == {"clip", "quantize", "snap", "drop", "threshold"}
    assert all(item.summary.endswith(".") for item in PASSES.values())


@given(graphs(), st.floats(0.01, 3))
def test_clip_leaves_nothing_below_its_threshold(graph, threshold):
    for node in Clip(threshold).apply(graph).neurons:
        assert all(abs(term.weight) >= threshold for term in node.terms)
        assert node.bias == 0 or abs(node.bias) >= threshold


@given(graphs(), st.sampled_from([1.0, 0.5, 0.25, 0.1]))
def test_quantize_puts_every_number_on_the_grid(graph, step):
    after = Quantize(step).apply(graph)
    numbers = [term.weight for node in after.neurons for term in node.terms]
    assert 0 not in numbers
    numbers += [node.bias for node in after.neurons] + [node.init for node in after.states]
    assert all(abs(value / step - round(value / step)) < 1e-6 for value in numbers)


@given(graphs())
def test_nothing_reads_a_constant_after_folding(graph):
    after = FoldConstants().apply(graph)
    sequence = random_bits(1, len(graph.inputs))
    constant = {node.name for node in after.neurons if not node.terms}
    assert not any(set(reads(node)) & constant for node in after.computed)
    assert len(run(after, sequence)) == len(graph.nodes)


@given(graphs())
def test_everything_left_has_an_effect(graph):
    after = DeadCode().apply(graph)
    read = {source for node in after.nodes for source in reads(node)}
    read |= {node.next for node in after.states}
    assert all(node.name in read for node in after.nodes if not isinstance(node, Input | Output))


@settings(max_examples=40)
@given(exact_graphs())
def test_no_two_equal_neurons_are_read(graph):
    twins = [replace(node, name=f"{node.name}_twin") for node in graph.computed]
    doubled = graph.with_nodes(
        [node for node in graph.nodes if not isinstance(node, Output)]
        + twins
        + [
            Output(node.name, f"{node.source}_twin" if node.source[0] == "n" else node.source)
            for node in graph.outputs
        ]
    )
    after = DeadCode().apply(MergeCorresponding().apply(doubled))
    assert not any(node.name.endswith("_twin") for node in after.nodes)
    assert dump(after) == dump(DeadCode().apply(MergeCorresponding().apply(graph)))


SAMPLE = load("""\
graph sample
activation ameo = factor 0.5 leak 0
input  x in {-1, 1}
state  pulse = 1 then off
state  s0 = -1 then r0
state  s1 = 1 then r1
state  s2 = -1 then r2
neuron off = ameo(1)
neuron r0 = ameo(-1*x)
neuron r1 = ameo(1*x)
neuron r2 = ameo(-1*x + 2)
neuron o0 = linear(1*s0 - 1*s1 + 3*pulse + 1.5*x)
neuron o1 = ameo(1*s2 + 1*x - 1)
output y = o0
output z = o1
""")


def changed(name, **fields):
    return SAMPLE.with_nodes(
        [replace(node, **fields) if node.name == name else node for node in SAMPLE.nodes]
    )


def without(neuron, source):
    return RemoveRedundancy([(neuron, source)]).apply(SAMPLE)


def pulse_taken_for_a_constant(value):
    terms = tuple(term for term in SAMPLE.neurons[-2].terms if term.source != "pulse")
    return changed("o0", bias=float(value), terms=terms)


def reading(neuron, **sources):
    node = next(node for node in SAMPLE.neurons if node.name == neuron)
    terms = tuple(Term(term.weight, sources.get(term.source, term.source)) for term in node.terms)
    return changed(neuron, terms=terms)


BROKEN = {
    "a needed term dropped": without("o1", "x"),
    "a needed state dropped": without("o1", "s2"),
    "a pulse folded as on": pulse_taken_for_a_constant(3),
    "a pulse folded as off": pulse_taken_for_a_constant(-3),
    "another bias merged": changed("s2", next="r0"),
    "a mirror merged without its sign": reading("o0", s1="s2"),
    "another initial state": changed("s2", init=1.0),
    "a sign lost": changed("r0", terms=(Term(1.0, "x"),)),
    "a tick lost": reading("o1", s2="r2"),
    "outputs swapped": changed("y", source="o1"),
    "a live state removed": changed("s2", next="s2"),
    "another activation": changed("o1", activation="linear", bias=0.5),
    "weights too coarse": Clip(1.5).apply(SAMPLE),
    "one level only": Discretize({"s2": (1.0,)}).apply(SAMPLE),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_pass_is_refuted(name):
    broken = BROKEN[name]
    verify(broken)
    found = compare(GraphSystem(broken), GraphSystem(SAMPLE))
    assert found.kind == "refuted"
    assert found.shortest
    example = np.array(found.counterexample.inputs)
    assert outputs_of(broken, example)[:-1] == outputs_of(SAMPLE, example)[:-1]
    assert outputs_of(broken, example)[-1] != outputs_of(SAMPLE, example)[-1]


@pytest.mark.parametrize("item", EXACT)
def test_the_real_passes_are_proved_on_the_same_graph(item):
    assert compare(GraphSystem(item.apply(SAMPLE)), GraphSystem(SAMPLE)).kind == "proved"


def test_a_chain_of_states_and_a_neuron_stand_where_they_did():
    kinds = [type(node) for node in DeadCode().apply(MergeCorresponding().apply(SAMPLE)).nodes]
    assert kinds == sorted(kinds, key=[Input, State, Neuron, Output].index)
