import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from refusals import assert_refused_in_one_line
from strategies import activations, random_bits

from bonsai_compiler.driver.loading import read_text
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.activation import LINEAR, Activation
from bonsai_compiler.ir.graph import State
from bonsai_compiler.ir.interpreter import run
from bonsai_compiler.ir.text import dump, load
from bonsai_compiler.ir.verify import verify
from bonsai_compiler.networks.lift import lift
from bonsai_compiler.networks.network import Cell, Dense, Network, dump_network
from bonsai_compiler.networks.network_file import load_network


def cell(rng, width, outputs, states, output, recurrent):
    rows = width + states
    sizes = (rows, outputs), (outputs,), (rows, states), (states,), (states,)
    return Cell(*(rng.normal(size=size) for size in sizes), output, recurrent)


@st.composite
def networks(draw):
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    kinds = activations | st.sampled_from([Activation("tanh"), LINEAR])
    width = first = draw(st.integers(0, 2))
    cells, layers = [], []
    for _ in range(draw(st.integers(1, 2))):
        outputs, states = draw(st.integers(1, 4)), draw(st.integers(0, 3))
        cells.append(cell(rng, width, outputs, states, draw(kinds), draw(kinds)))
        width = outputs
    for _ in range(draw(st.integers(0, 2))):
        outputs = draw(st.integers(1, 2))
        layers.append(Dense(rng.normal(size=(outputs, width)), rng.normal(size=outputs)))
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
            below = part.output_activation(joined @ part.output_kernel + part.output_bias)
            states[place] = part.recurrent_activation(
                joined @ part.recurrent_kernel + part.recurrent_bias
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
    assert dump(lifted(again)) == dump(lifted(network))


def small():
    activation = Activation("ameo", 0.5, 0.1)
    rng = np.random.default_rng(0)
    layer = Dense(np.array([[0.0, 2.0]]), np.array([0.5]))
    return Network(1, 1, (cell(rng, 1, 2, 1, activation, activation),), (layer,))


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


def edited(*path, value):
    document = json.loads(dump_network(small()))
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
    "an unknown activation": edited(*CELL, "output_activation", value="relu"),
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


def test_a_fault_names_its_field():
    with pytest.raises(BonsaiError, match=r"cells\[0\]\.output_bias has shape \(1,\)"):
        load_network(BAD["a bias of another length"], "net.json")


def test_a_file_that_cannot_be_read(tmp_path):
    (tmp_path / "net.json").write_bytes(b"\xff\x00")
    for name in ("net.json", "missing.json", "."):
        with pytest.raises(BonsaiError, match=r"is a folder|not text|cannot be read"):
            read_text(str(tmp_path / name))
