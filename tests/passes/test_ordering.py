"""Nodes are put where all that they read stands above."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from strategies import graphs

from bonsai_compiler.ir.graph import Output
from bonsai_compiler.ir.verify import verify
from bonsai_compiler.passes.ordering import downwards


@given(graphs(), st.data())
def test_shuffled_nodes_come_to_stand_below_what_they_read(graph, data):
    nodes = data.draw(st.permutations(graph.nodes))
    found = downwards(nodes)
    assert sorted(map(id, found)) == sorted(map(id, nodes))
    outputs = [node for node in found if isinstance(node, Output)]
    assert outputs == [node for node in nodes if isinstance(node, Output)]
    signals = [node for node in found if node.name in {item.name for item in graph.inputs}]
    verify(replace(graph, nodes=(*signals, *(node for node in found if node not in signals))))


@given(graphs())
def test_what_is_in_order_stays_so(graph):
    assert downwards(graph.nodes) == list(graph.nodes)
