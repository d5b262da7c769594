"""The graph format of the article's demos: what it means, and what is refused."""

import copy

import numpy as np
import pytest
from published import ameo, cell, network, neuron, text, three_state_loop, two_ago
from refusals import assert_refused_in_one_line

from bonsai_compiler.driver.workflow import compile_text
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.activation import Activation
from bonsai_compiler.ir.graph import size
from bonsai_compiler.ir.interpreter import run
from bonsai_compiler.ir.verify import verify
from bonsai_compiler.networks.parsing import lifted, load_wiring


def imported(document):
    graph = lifted(load_wiring(text(document), "net.json"), "net", None)
    verify(graph)
    return graph


def told(graph, bits):
    ticks = np.array(bits, dtype=bool).reshape(len(bits), -1)[:, : len(graph.inputs)]
    return [bool(value) for value in run(graph, ticks)[graph.outputs[0].name]]


def test_the_published_networks_have_their_published_sizes_and_behave():
    delay, loop = imported(two_ago()), imported(three_state_loop())
    assert str(size(delay)) == "4 / 4 / 2"
    assert str(size(loop)) == "4 / 5 / 2"
    bits = [1, 0, 1, 1, 0, 0, 1]
    assert told(delay, bits) == [False, False, True, False, True, True, False]
    assert loop.inputs == ()
    assert told(loop, [0] * 7) == [False, False, True] * 2 + [False]


def test_names_count_pruned_neurons_too():
    names = {node.name for node in imported(two_ago()).nodes}
    assert names == {"x", "s0", "s1", "o2", "r0", "r1", "d0", "y"}
    assert {node.name for node in imported(three_state_loop()).states} == {"s1", "s3"}


def test_a_state_without_a_wire_is_0_after_the_first_tick():
    only = cell(1, {0: neuron({1: 1})}, {}, {0: neuron({}, 5)}, 1)
    assert told(imported(network([neuron({})], [only], neuron({0: 1}))), [1, 1, 1]) == [
        True,
        False,
        False,
    ]


def test_a_state_weighs_and_bends_what_it_keeps():
    """s becomes tanh(-2 r), and r is x: each output is the opposite of the input before."""
    state = neuron({0: -2}, -1, "tanh")
    only = cell(1, {0: neuron({1: 1})}, {0: neuron({0: 1})}, {0: state}, 1)
    graph = imported(network([neuron({})], [only], neuron({0: 1})))
    assert told(graph, [1, 0, 0, 1]) == [False, False, True, True]


def test_wires_from_pruned_neurons_carry_nothing_and_double_ones_add_up():
    wires = {"name": "n", "bias": -1, "activation": "linear"}
    wires["weights"] = [{"weight": w, "index": i} for i, w in ((0, 1), (1, 9), (2, 9), (0, 0.5))]
    only = cell(2, {0: wires}, {}, {}, 1)
    graph = imported(network([neuron({}), None], [only], neuron({0: 1, 1: 7})))
    assert [(term.weight, term.source) for term in graph.neurons[0].terms] == [(1.5, "x")]
    assert [term.source for term in graph.neurons[1].terms] == ["o0"]
    assert told(graph, [1, 0]) == [True, False]


def test_several_cells_and_each_neuron_with_an_activation_of_its_own():
    first = cell(2, {0: neuron({0: 1}, 0, ameo(1, 0)), 1: neuron({0: 1}, 0, "tanh")}, {}, {}, 0)
    second = cell(
        1,
        {0: neuron({0: -1, 2: 1}, 0, {"type": "leakyAmeo", "leakyness": 0.5})},
        {0: neuron({1: 3})},
        {0: neuron({0: 1}, -1)},
        1,
    )
    graph = imported(network([neuron({})], [first, second], neuron({0: 1})))
    kinds = [activation for _, activation in graph.activations]
    assert Activation("ameo", 1.0, 0.5) in kinds
    assert Activation("tanh") in kinds
    assert [term.source for term in graph.neurons[2].terms] == ["o0", "s0"]
    assert [term.source for term in graph.neurons[3].terms] == ["o1"]


def changed(*path, value):
    document = copy.deepcopy(two_ago())
    place = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return text(document)


CELL = "cells", 0
FIRST = *CELL, "recurrentNeurons", 0
BAD = {
    "cut short": text(two_ago())[:-30],
    "a dangling index": changed(*FIRST, "weights", 0, "index", value=3),
    "a negative index": changed(*FIRST, "weights", 0, "index", value=-1),
    "an index that is no number": changed(*FIRST, "weights", 0, "index", value="1"),
    "a state that reads past its cell": changed(
        *CELL, "stateNeurons", 0, "weights", 0, "index", value=2
    ),
    "a weight of nan": changed(*FIRST, "weights", 0, "weight", value=float("nan")),
    "an endless bias": changed(*FIRST, "bias", value=float("inf")),
    "no bias": changed(*FIRST, "bias", value=None),
    "more neurons than the cell is wide": changed(*CELL, "outputDim", value=2),
    "an enormous width": changed(*CELL, "outputDim", value=10**12),
    "no width": changed(*CELL, "outputDim", value=None),
    "an unknown activation": changed(*FIRST, "activation", value="softplus"),
    "a factor past 1": changed(*FIRST, "activation", value=ameo(2, 0)),
    "no leak": changed(*FIRST, "activation", value={"type": "leakyAmeo"}),
    "a neuron a number": changed(*FIRST, value=3),
    "weights that are none": changed(*FIRST, "weights", value={}),
    "a cell null": changed("cells", 0, value=None),
    "no outputs": changed("outputs", "neurons", value=[]),
    "outputs null": changed("outputs", value=None),
    "an input layer of words": changed("inputLayer", value="x"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_in_one_line(name):
    assert_refused_in_one_line(
        lambda content, name: lifted(load_wiring(content, name), name, None), BAD[name]
    )


def test_a_wide_network_is_read_and_without_a_task_not_searched():
    wide = changed("inputLayer", "neurons", value=[neuron({})] * 40)
    assert len(lifted(load_wiring(wide, "net.json"), "net.json", None).inputs) == 40
    with pytest.raises(BonsaiError, match="there are 40 inputs; 16 are the most, unless a task"):
        compile_text(wide, "net.json", "net", None, None)


def test_a_fault_names_its_neuron():
    with pytest.raises(BonsaiError, match=r"recurrentNeurons\[0\]\.weights\[0\]\.index is 3"):
        load_wiring(BAD["a dangling index"], "net.json")
