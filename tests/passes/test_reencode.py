"""Levels that move to what a state reads, and nodes that are mirrored."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from strategies import ascending, exact_graphs, graphs, outputs_of, random_bits

from bonsai_compiler.equivalence.system import GraphSystem
from bonsai_compiler.ir.graph import Graph, Neuron, Output, State, size
from bonsai_compiler.ir.interpreter import nearest, run
from bonsai_compiler.ir.liveness import live_part
from bonsai_compiler.ir.text import load
from bonsai_compiler.ir.verify import verify
from bonsai_compiler.oracle.oracle import SpecificationOracle
from bonsai_compiler.passes.mirroring import mirrored
from bonsai_compiler.passes.moved_levels import moved_levels
from bonsai_compiler.passes.reencode import Reencode
from bonsai_compiler.system.deadline import NEVER

ladders = st.lists(st.integers(-8, 8).map(lambda n: n / 4), min_size=2, max_size=6, unique=True)
slopes = st.sampled_from([-3.0, -1.0, -0.3, 0.17, 1.0, 2.5])


@given(ladders.map(ascending), slopes, st.floats(-3, 3), st.data())
def test_where_levels_can_move_to_what_is_read_they_do(levels, slope, shift, data):
    """Each level of some is wanted at values that are nearest to it, moved by a known line."""
    ladder = np.array(levels)
    places = data.draw(st.lists(st.integers(0, len(levels) - 1), min_size=1, max_size=12))
    shares = data.draw(st.lists(st.floats(-0.45, 0.45), min_size=len(places), max_size=len(places)))
    wanted = ladder[places]
    column = slope * (wanted + np.array(shares) * np.diff(ladder).min()) + shift
    found = moved_levels(levels, wanted, column)
    assert found is not None
    assert tells(found, levels, wanted, column)


@given(ladders.map(ascending), st.data())
def test_levels_that_move_tell_what_is_wanted(levels, data):
    """Of values that are drawn apart from what is wanted, most can be told by no levels."""
    rows = data.draw(st.integers(1, 6))
    wanted = np.array(data.draw(st.lists(st.sampled_from(levels), min_size=rows, max_size=rows)))
    numbers = st.integers(-4, 4).map(float)
    column = np.array(data.draw(st.lists(numbers, min_size=rows, max_size=rows)))
    found = moved_levels(levels, wanted, column)
    if found is not None:
        assert tells(found, levels, wanted, column)
        return
    # Two levels, or three, that lie apart and in order can always be told.
    ordered = [np.all(np.diff(wanted[np.argsort(sign * column)]) >= 0) for sign in (1, -1)]
    same = len(np.unique(column)) < len(np.unique(np.stack([column, wanted]), axis=1).T)
    assert len(levels) > 3 or same or not any(ordered)


def tells(found, levels, wanted, column):
    """Whether the nearest moved level is the one that is wanted, moved."""
    slope, shift = found
    moved = ascending([slope * level + shift for level in levels])
    return np.array_equal(nearest(column, moved), slope * wanted + shift)


def test_levels_that_no_line_suits_do_not_move():
    levels = (-1.0, 0.0, 1.0, 2.0, 3.0)
    wanted = np.array(levels)
    assert moved_levels(levels, wanted, np.array([0.0, 1.0, 2.0, 3.0, 4.0])) is not None
    # From a half-way point near 1 to one near 5 is two steps: one step back is less than 0.
    assert moved_levels(levels, wanted, np.array([0.0, 1.0, 1.1, 5.0, 5.1])) is None
    assert moved_levels(levels, wanted, np.array([0.0, 1.0, 2.0, np.inf, 4.0])) is None
    assert moved_levels((1.0,), wanted[:1], wanted[:1]) is None


@settings(max_examples=60)
@given(exact_graphs(), st.integers(0, 99), st.data())
def test_what_is_mirrored_is_the_opposite_and_nothing_else_changes(graph, seed, data):
    # Half-way between two levels the lower one is taken, which no mirror image does.
    graph = graph.with_nodes(
        State(node.name, node.init, node.next) if isinstance(node, State) else node
        for node in graph.nodes
    )
    names = [node.name for node in graph.nodes if isinstance(node, State | Neuron)]
    assume(names)
    chosen = data.draw(st.sampled_from(names))
    try:
        after = mirrored(graph, [chosen])
    except ArithmeticError:
        return
    verify(after)
    sequence = random_bits(40, len(graph.inputs), seed)
    before, values = run(graph, sequence), run(after, sequence)
    for node in graph.nodes:
        if not isinstance(node, Output):
            same = np.array_equal(values[node.name], before[node.name])
            assert same or np.array_equal(values[node.name], -before[node.name])
    assert np.array_equal(values[chosen], -before[chosen])
    assert mirrored(after, [chosen]) == mirrored(graph, [])


@settings(max_examples=60)
@given(graphs(bounded=True))
def test_what_is_searched_keeps_the_behaviour_and_makes_nothing_larger(graph):
    oracle = SpecificationOracle(GraphSystem(graph))
    found = Reencode.search(graph, oracle, NEVER)
    after = found.apply(graph)
    verify(after)
    assert size(live_part(after)).rank <= size(live_part(graph)).rank
    sequence = random_bits(60, len(graph.inputs), 0)
    assert np.array_equal(outputs_of(after, sequence), outputs_of(graph, sequence))


COUNT = """\
graph count
activation ameo = factor 1 leak 0.1
activation relu = relu
input  x in {-1, 1}
state  s0 = -1 then h0 near {-1, 1}
neuron h0 = ameo(0.5*x - 0.5*s0)
neuron o0 = relu(0.5*h0 + 1)
output y = o0
"""


@pytest.mark.parametrize("name", ["x", "y", "o0"])
def test_inputs_outputs_and_what_is_not_odd_cannot_be_mirrored(name):
    graph: Graph = load(COUNT)
    with pytest.raises(ArithmeticError, match=f"{name} cannot be mirrored"):
        mirrored(graph, [name])


def test_an_output_may_stand_above_what_it_comes_to_read():
    graph = load(
        "graph below\nactivation ameo = factor 1 leak 0.1\ninput  a in {-1, 1}\n"
        "neuron h0 = ameo(-0.5*a)\noutput y = h0\nneuron h1 = ameo(0.5*a)\noutput z = h1\n"
    )
    after = Reencode(mirrors={"y": "h1"}).apply(graph)
    verify(after)
    assert [(output.name, output.source) for output in after.outputs] == [("y", "h1"), ("z", "h1")]
