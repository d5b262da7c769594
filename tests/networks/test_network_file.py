import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from refusals import assert_refused_in_one_line
from strategies import activations, random_bits

from bonsai_compiler.driver.loading import read_text
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.activation import Activation
from bonsai_compiler.ir.graph import State
from bonsai_compiler.ir.interpreter import run
from bonsai_compiler.ir.text import dump, load
from bonsai_compiler.ir.verify import verify
from bonsai_compiler.networks.lift import lift
from bonsai_compiler.networks.network import Cell, Dense, Network
from bonsai_compiler.networks.network_file import dump_network, load_network


def cell(rng, width, outputs, states, output, recurrent, hidden=None, levels=()):
    rows = width + states + (0 if hidden is None else len(hidden.bias))
    sizes = (rows, outputs), (outputs,), (rows, states), (states,), (states,)
    return Cell(*(rng.normal(size=size) for size in sizes), output, recurrent, hidden, levels)


def dense(rng, width, outputs, *activation):
    return Dense(rng.normal(size=(outputs, width)), rng.normal(size=outputs), *activation)


ladders = st.lists(st.sampled_from([-1.0, -0.25, 0.0, 0.5, 2.0]), unique=True, max_size=3)


@st.composite
def networks(draw):
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    kinds = activations
    width = first = draw(st.integers(0, 2))
    cells, layers = [], []
    for _ in range(draw(st.integers(1, 2))):
        outputs, states = draw(st.integers(1, 4)), draw(st.integers(0, 3))
        hidden, levels = None, ()
        if draw(st.booleans()):
            hidden = dense(rng, width + states, draw(st.integers(0, 3)), draw(kinds))
        if draw(st.booleans()):
            levels = tuple(tuple(sorted(draw(ladders))) for _ in range(states))
        cells.append(cell(rng, width, outputs, states, draw(kinds), draw(kinds), hidden, levels))
        width = outputs
    for _ in range(draw(st.integers(0, 2))):
        outputs = draw(st.integers(1, 2))
        layers.append(dense(rng, width, outputs))
        width = outputs
    return Network(first, width, tuple(cells), tuple(layers))


def direct(network, sequence):
    """The cell equations as they are written, one tick after another."""
    states = [part.initial_state for part in network.cells]
    rows = []
    for bits in sequence:
        below = np.where(bits, 1.0, -1.0)
        for place, part in enumerate(network.cells):
            joined = np.concatenate([below, states[place]])
            if part.hidden is not None:
                sums = part.hidden.weights @ joined + part.hidden.bias
                joined = np.concatenate([part.hidden.activation(sums), joined])
            below = part.output_activation(joined @ part.output_kernel + part.output_bias)
            following = part.recurrent_activation(
                joined @ part.recurrent_kernel + part.recurrent_bias
            )
            states[place] = np.array(
                [
                    min(part.levels_of(state), key=lambda level: abs(level - value))
                    if part.levels_of(state)
                    else value
                    for state, value in enumerate(following)
                ]
            )
        for layer in network.layers:
            below = layer.activation(layer.weights @ below + layer.bias)
        rows.append(below)
    return np.array(rows)


def names(letter, width):
    return tuple(f"{letter}{place}" for place in range(width))


def lifted(network):
    return lift(network, "net", names("x", network.input_width), names("y", network.output_width))


@given(networks())
def test_lifting_computes_the_cell_equations(network):
    graph = lifted(network)
    verify(graph)
    assert load(dump(graph)) == graph
    sequence = random_bits(6, network.input_width)
    trace = run(graph, sequence)
    wanted = direct(network, sequence)
    for place, node in enumerate(graph.outputs):
        np.testing.assert_allclose(trace[node.source], wanted[:, place], rtol=1e-6, atol=1e-6)


@given(networks())
def test_a_network_file_reads_back_exactly(network):
    text = dump_network(network)
    again = load_network(text, "net.json")
    assert dump_network(again) == text
    for one, other in zip(again.cells, network.cells, strict=True):
        assert one.levels == other.levels
        assert (one.hidden is None) == (other.hidden is None)
        if one.hidden is not None:
            assert np.array_equal(one.hidden.weights, other.hidden.weights)
            assert one.hidden.activation == other.hidden.activation
    assert dump(lifted(again)) == dump(lifted(network))


def small():
    activation = Activation("ameo", 0.5, 0.1)
    rng = np.random.default_rng(0)
    layer = Dense(np.array([[0.0, 2.0]]), np.array([0.5]))
    return Network(1, 1, (cell(rng, 1, 2, 1, activation, activation),), (layer,))


def small_with_hidden():
    """One input, two hidden neurons, one state of three levels, one output."""
    activation = Activation("ameo", 0.5, 0.1)
    rng = np.random.default_rng(1)
    layer, levels = dense(rng, 2, 2, activation), ((-1.0, 0.0, 1.0),)
    return Network(1, 1, (cell(rng, 1, 1, 1, activation, activation, layer, levels),), ())


def test_a_file_says_of_hidden_neurons_and_levels_only_where_there_are_some():
    (plain,) = json.loads(dump_network(small()))["cells"]
    (full,) = json.loads(dump_network(small_with_hidden()))["cells"]
    more = {"hidden_size", "hidden_kernel", "hidden_bias", "hidden_activation", "state_levels"}
    assert set(full) - set(plain) == more
    assert set(plain) < set(full)
    (read,) = load_network(dump_network(small()), "net.json").cells
    assert read.hidden is None
    assert read.levels == ()
    assert read.levels_of(0) == ()


def test_hidden_neurons_are_lifted_before_what_reads_them():
    graph = lifted(small_with_hidden())
    verify(graph)
    by_name = {node.name: node for node in graph.nodes}
    assert list(by_name) == ["x0", "s0", "h0", "h1", "o0", "r0", "y0"]
    assert [term.source for term in by_name["h0"].terms] == ["x0", "s0"]
    for name in ("o0", "r0"):
        assert [term.source for term in by_name[name].terms] == ["h0", "h1", "x0", "s0"]
    assert by_name["s0"].levels == (-1.0, 0.0, 1.0)


def test_lifting_leaves_out_zeros_and_names_nodes_once():
    graph = lifted(small())
    by_name = {node.name: node for node in graph.nodes}
    assert set(by_name) == {"x0", "s0", "r0", "o0", "o1", "d0", "y0"}
    assert [term.source for term in by_name["d0"].terms] == ["o1"]
    assert by_name["s0"] == State("s0", float(small().cells[0].initial_state[0]), "r0")


def test_names_that_the_task_uses_give_way():
    graph = lift(small(), "net", ("s0",), ("r0",))
    verify(graph)
    assert [node.name for node in graph.inputs + graph.outputs] == ["s0", "r0"]
    assert graph.states[0].name != "s0"


def test_the_articles_spelling_is_read():
    document = json.loads(dump_network(small()))
    document["cells"][0]["output_activation"] = {"id": "leaky_ameo", "leakyness": 0.25}
    document["cells"][0]["recurrent_activation"] = "tanh"
    part = load_network(json.dumps(document), "net.json").cells[0]
    assert part.output_activation == Activation("ameo", 1.0, 0.25)
    assert part.recurrent_activation == Activation("tanh")


def edited(*path, value, network=None):
    document = json.loads(dump_network(network or small()))
    place = document
    for step in path[:-1]:
        place = place[step]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return json.dumps(document)


CELL = "cells", 0
BAD = {
    "nothing": "",
    "cut short": dump_network(small())[:-20],
    "a list": "[]",
    "a number": "3",
    "no cells": edited("cells", value=None),
    "cells a number": edited("cells", value=3),
    "a cell a number": edited("cells", value=[3]),
    "a layer a string": edited("post_layers", value=["dense"]),
    "no width": edited("input_dim", value=None),
    "a negative width": edited("input_dim", value=-1),
    "a width in words": edited("input_dim", value="one"),
    "a true width": edited("input_dim", value=True),
    "another width": edited("input_dim", value=2),
    "another output width": edited("output_dim", value=2),
    "no kernel": edited(*CELL, "output_kernel", value=None),
    "a ragged kernel": edited(*CELL, "output_kernel", value=[[1.0], [1.0, 2.0]]),
    "a kernel in words": edited(*CELL, "output_kernel", value="big"),
    "a kernel of words": edited(*CELL, "output_kernel", value=[["1", "2"], ["3", "4"]]),
    "a kernel of nulls": edited(*CELL, "output_kernel", value=[[None, None], [None, None]]),
    "a bias of another length": edited(*CELL, "output_bias", value=[1.0]),
    "an endless bias": edited(*CELL, "output_bias", value=[1.0, float("inf")]),
    "a bias of nan": edited(*CELL, "output_bias", value=[1.0, float("nan")]),
    "a huge number": edited(*CELL, "output_bias", value=[1.0, 77]).replace("77", "9" * 400),
    "a number of 5000 digits": edited(*CELL, "output_bias", value=[1.0, 77]).replace(
        "77", "9" * 5000
    ),
    "no state": edited(*CELL, "initial_state", value=None),
    "another state size": edited(*CELL, "state_size", value=2),
    "an unknown activation": edited(*CELL, "output_activation", value="softplus"),
    "an unknown kind": edited(*CELL, "output_activation", value={"id": "softsign"}),
    "no factor": edited(*CELL, "output_activation", "factor", value=None),
    "a factor past 1": edited(*CELL, "output_activation", "factor", value=1.5),
    "a negative leak": edited(*CELL, "output_activation", "leakyness", value=-0.1),
    "a leak in words": edited(*CELL, "output_activation", "leakyness", value="little"),
    "an activation a list": edited(*CELL, "output_activation", value=[]),
    "nested too deep": "[" * 100_000,
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_in_one_line(name):
    assert_refused_in_one_line(load_network, BAD[name])


def changed(name, value, *further):
    return edited(*CELL, name, *further, value=value, network=small_with_hidden())


BAD_FIELDS = {
    "a width in words": (changed("hidden_size", "two"), r"hidden_size is 'two'"),
    "half a neuron": (changed("hidden_size", 1.5), r"hidden_size is 1.5"),
    "a true width": (changed("hidden_size", True), r"hidden_size is True"),
    "a negative width": (changed("hidden_size", -1), r"hidden_size is -1"),
    "another width": (changed("hidden_size", 3), r"hidden_kernel has shape \(2, 2\)"),
    "no width": (changed("hidden_size", None), r"output_kernel has shape \(4, 1\)"),
    "no kernel": (changed("hidden_kernel", None), r"hidden_kernel is missing"),
    "a flat kernel": (changed("hidden_kernel", [1.0, 2.0]), r"hidden_kernel has shape \(2,\)"),
    "a kernel of words": (changed("hidden_kernel", [["a"]]), r"hidden_kernel is no array"),
    "no bias": (changed("hidden_bias", None), r"hidden_bias is missing"),
    "a short bias": (changed("hidden_bias", [1.0]), r"hidden_bias has shape \(1,\)"),
    "an endless bias": (changed("hidden_bias", [1.0, float("inf")]), r"hidden_bias holds"),
    "a large bias": (changed("hidden_bias", [1.0, 1e300]), r"hidden_bias\[1\] is 1e\+300"),
    "no activation": (changed("hidden_activation", None), r"hidden_activation is None"),
    "an unknown one": (
        changed("hidden_activation", "softplus"),
        r"hidden_activation is 'softplus'",
    ),
    "a factor past 1": (
        changed("hidden_activation", 1.5, "factor"),
        r"hidden_activation\.factor is 1\.5",
    ),
    "an output that reads no hidden neuron": (
        changed("output_kernel", [[1.0], [1.0]]),
        r"output_kernel has shape \(2, 1\), but \(4, 1\)",
    ),
    "a state that reads none": (
        changed("recurrent_kernel", [[1.0], [1.0]]),
        r"recurrent_kernel has shape \(2, 1\), but \(4, 1\)",
    ),
    "levels a number": (changed("state_levels", 3), r"state_levels is not a list"),
    "levels of no state": (changed("state_levels", []), r"state_levels has 0 items"),
    "levels of two states": (changed("state_levels", [[1], [1]]), r"state_levels has 2 items"),
    "a level without a list": (changed("state_levels", [1.0]), r"state_levels\[0\] is not a list"),
    "levels in words": (changed("state_levels", [["a"]]), r"state_levels\[0\].* is no array"),
    "nested levels": (changed("state_levels", [[[1.0]]]), r"state_levels\[0\].* has shape"),
    "an endless level": (
        changed("state_levels", [[0.0, float("nan")]]),
        r"state_levels\[0\].* holds a number",
    ),
    "a level too large": (changed("state_levels", [[0.0, 1e16]]), r"state_levels\[0\].*1e\+16"),
    "levels that descend": (changed("state_levels", [[1.0, 0.0]]), r"state_levels\[0\] is not in"),
    "a level twice": (changed("state_levels", [[0.0, -0.0]]), r"state_levels\[0\] is not in"),
}


@pytest.mark.parametrize("name", BAD_FIELDS)
def test_a_fault_of_hidden_neurons_or_levels_names_its_field(name):
    text, fault = BAD_FIELDS[name]
    assert_refused_in_one_line(load_network, text)
    with pytest.raises(BonsaiError, match=rf"cells\[0\]\.{fault}"):
        load_network(text, "net.json")


def test_a_fault_names_its_field():
    with pytest.raises(BonsaiError, match=r"cells\[0\]\.output_bias has shape \(1,\)"):
        load_network(BAD["a bias of another length"], "net.json")


def test_a_file_that_cannot_be_read(tmp_path):
    (tmp_path / "net.json").write_bytes(b"\xff\x00")
    for name in ("net.json", "missing.json", "."):
        with pytest.raises(BonsaiError, match=r"is a folder|not text|cannot be read"):
            read_text(str(tmp_path / name))
