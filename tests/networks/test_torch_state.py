"""State dicts of PyTorch: what they compute, by the formulas of its documents, and refusals."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recurrent import answers, bits, trained
from safetensors.numpy import save

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.interpreter import run
from bonsai_compiler.ir.text import dump, load
from bonsai_compiler.networks.conventions import UNSAID, Conventions, InitialStates
from bonsai_compiler.networks.foreign import read_initial, read_stack
from bonsai_compiler.networks.parsing import read_foreign
from bonsai_compiler.networks.safetensors_file import read
from bonsai_compiler.specification.task_file import load_task

TANH = Conventions(activation="tanh")


def values(graph, sequence):
    """What stands behind each output of a graph, (ticks, outputs)."""
    trace = run(graph, sequence)
    return np.stack([trace[node.source] for node in graph.outputs], axis=1)


def graph_of(tmp_path, network, conventions=UNSAID, task=None, metadata=None):
    path = tmp_path / "net.safetensors"
    path.write_bytes(save(network.tensors, metadata))
    return read_foreign(str(path), task, conventions)


@settings(max_examples=40)
@given(st.data())
def test_a_state_dict_computes_what_its_formulas_say(tmp_path_factory, data):
    rng = np.random.default_rng(data.draw(st.integers(0, 10_000)))
    kind = data.draw(st.sampled_from(["rnn", "gru", "lstm"]))
    inputs, units = data.draw(st.integers(1, 3)), data.draw(st.integers(1, 4))
    layers = data.draw(st.integers(1, 3))
    heads = data.draw(st.lists(st.integers(1, 3), max_size=2))
    prefix = data.draw(st.sampled_from(["", "rnn.", "model.encoder.rnn."]))
    network = trained(
        rng, kind, inputs, units, layers, bias=data.draw(st.booleans()), heads=heads, prefix=prefix
    )
    h0, c0, initial = None, None, None
    if data.draw(st.booleans()):
        h0 = rng.normal(size=(layers, units))
        c0 = rng.normal(size=(layers, units)) if kind == "lstm" else None
        initial = InitialStates("h0.npz", h0, c0)
    network.nonlinearity = data.draw(st.sampled_from(["tanh", "relu"])) if kind == "rnn" else "tanh"
    asked = network.nonlinearity if kind == "rnn" else None
    conventions = Conventions(activation=asked, initial=initial)
    graph = graph_of(tmp_path_factory.mktemp("net"), network, conventions)
    assert load(dump(graph)) == graph
    sequence = bits(rng, 100, inputs)
    wanted = answers(network, sequence, h0, c0)
    np.testing.assert_allclose(values(graph, sequence), wanted, rtol=1e-9, atol=1e-9)


def test_inputs_may_be_minus_one_and_one(tmp_path):
    rng = np.random.default_rng(1)
    network = trained(rng, "gru", 2, 3, 1, heads=[1])
    graph = graph_of(tmp_path, network, Conventions(inputs="-1,1"))
    sequence = bits(rng, 50, 2)
    wanted = answers(network, np.where(sequence, 1.0, -1.0))
    np.testing.assert_allclose(values(graph, sequence), wanted, atol=1e-12)


TASKS = {
    "two bits": "inputs = ('a', 'b')\noutputs = ('y',)\n",
    "an integer, one-hot": (
        "inputs = {'a': range(4)}\noutputs = ('y',)\nencoding = {'a': 'one-hot'}\n"
    ),
    "a thermometer": "inputs = {'a': range(4)}\noutputs = ('y',)\nencoding={'a': 'thermometer'}\n",
    "a binary one": "inputs = {'a': range(4)}\noutputs = ('y',)\nencoding = {'a': 'binary'}\n",
    "a bit beside one": "inputs = {'a': range(2), 'b': bool}\noutputs = ('y',)\n",
}


@pytest.mark.parametrize("name", TASKS)
def test_letters_may_be_one_hot(tmp_path, name):
    rng = np.random.default_rng(2)
    path = tmp_path / "task.py"
    path.write_text(f"{TASKS[name]}start = 0\n\ndef step(s, *letter):\n    return s, True\n")
    task = load_task(path)
    alphabet = task.input_signals.alphabet
    network = trained(rng, "lstm", len(alphabet), 2, 1, heads=[1])
    graph = graph_of(tmp_path, network, Conventions(inputs="one-hot"), task)
    chosen = rng.integers(len(alphabet), size=40)
    wanted = answers(network, np.eye(len(alphabet))[chosen])
    np.testing.assert_allclose(values(graph, alphabet[chosen]), wanted, atol=1e-12)


@pytest.mark.parametrize(
    "outputs", ["('y',)", "('y', 'z')", "{'n': range(5)}", "{'n': range(3), 'y': bool}"]
)
@pytest.mark.parametrize("ties", [False, True])
def test_the_greatest_of_some_scores_is_said(tmp_path, outputs, ties):
    rng = np.random.default_rng(3)
    path = tmp_path / "task.py"
    path.write_text(
        f"inputs = ('x',)\noutputs = {outputs}\nstart = 0\n\ndef step(s, x):\n    return s, None\n"
    )
    task = load_task(path)
    letters = task.output_signals.alphabet
    network = trained(rng, "rnn", 1, 3, 1, heads=[len(letters)])
    if ties:
        for name in ("head.0.weight", "head.0.bias"):
            network.tensors[name] = np.round(network.tensors[name]) * 0
    graph = graph_of(tmp_path, network, Conventions(output="argmax", activation="tanh"), task)
    sequence = bits(rng, 60, 1)
    wanted = letters[answers(network, sequence).argmax(axis=1)]
    trace = run(graph, sequence)
    given_bits = np.stack([trace[node.name] for node in graph.outputs], axis=1)
    assert given_bits.tolist() == wanted.tolist()


def test_letters_without_a_task_are_a_bit_or_an_integer(tmp_path):
    rng = np.random.default_rng(4)
    conventions = Conventions(inputs="one-hot", output="argmax")
    graph = graph_of(tmp_path, trained(rng, "gru", 2, 2, 1, heads=[2]), conventions)
    assert (graph.input_signals.names, graph.ports) == (("x",), ())
    graph = graph_of(tmp_path, trained(rng, "gru", 5, 2, 1, heads=[3]), conventions)
    assert [str(port) for port in graph.ports] == ["x in 0..4 one-hot", "y in 0..2 one-hot"]


def test_dense_layers_are_put_in_order_by_name_or_else_by_width(tmp_path):
    rng = np.random.default_rng(5)
    for names, heads in ((["fc9", "fc10"], [3, 1]), (["top", "middle"], [2, 1])):
        network = trained(rng, "gru", 1, 3, 1, heads=heads, names=names)
        graph = graph_of(tmp_path, network)
        sequence = bits(rng, 20, 1)
        wanted = answers(network, sequence)
        np.testing.assert_allclose(values(graph, sequence), wanted, atol=1e-12)


def test_what_stands_between_dense_layers_is_asked_for(tmp_path):
    rng = np.random.default_rng(6)
    network = trained(rng, "gru", 1, 3, 1, heads=[4, 1], names=["head.0", "head.2"])
    with pytest.raises(BonsaiError, match=r"between 'head.0' and the Linear.*--between relu"):
        graph_of(tmp_path, network)
    graph = graph_of(tmp_path, network, Conventions(between="relu"))
    sequence = bits(rng, 20, 1)
    wanted = answers(network, sequence, between=lambda x: np.maximum(x, 0))
    np.testing.assert_allclose(values(graph, sequence), wanted, atol=1e-12)


def test_a_file_may_say_its_activation_and_its_first_states(tmp_path):
    rng = np.random.default_rng(7)
    network = trained(rng, "rnn", 1, 3, 2, heads=[1])
    network.nonlinearity = "relu"
    h0 = rng.normal(size=(2, 1, 3)).astype(np.float32)
    network.tensors["h0"] = h0
    graph = graph_of(tmp_path, network, metadata={"nonlinearity": "relu"})
    del network.tensors["h0"]
    sequence = bits(rng, 12, 1)
    np.testing.assert_allclose(
        values(graph, sequence), answers(network, sequence, h0[:, 0]), rtol=1e-9
    )
    with pytest.raises(BonsaiError, match="says itself that its activation is relu, not tanh"):
        graph_of(tmp_path, network, TANH, metadata={"nonlinearity": "relu"})


def without(name):
    def change(tensors):
        del tensors[name]

    return change


def put(name, value):
    def change(tensors):
        tensors[name] = np.array(value, dtype=np.float32)

    return change


def renamed(old, new):
    def change(tensors):
        tensors[new] = tensors.pop(old)

    return change


REFUSED = {
    "backwards": (renamed("rnn.weight_ih_l1", "rnn.weight_ih_l0_reverse"), "reads the word backw"),
    "a projection": (put("rnn.weight_hr_l0", [[1.0]]), "weight_hr_l0' is a projection"),
    "nothing recurrent": (
        lambda tensors: [tensors.pop(name) for name in list(tensors) if name.startswith("rnn")],
        "holds no recurrent layer",
    ),
    "two modules": (put("other.weight_ih_l0", [[1.0]]), r"2 recurrent modules \('other', 'rnn'\)"),
    "a missing layer": (renamed("rnn.weight_ih_l1", "rnn.weight_ih_l2"), "layer|missing"),
    "a missing kernel": (without("rnn.weight_hh_l0"), "weight_hh_l0' is missing"),
    "a wrong width": (put("rnn.weight_ih_l1", np.ones((9, 2))), r"shape \(9, 2\), but \(9, 3\)"),
    "two blocks": (put("rnn.weight_hh_l0", np.ones((6, 3))), "1, 3 or 4 times as many rows"),
    "a wrong bias": (put("rnn.bias_ih_l0", np.ones(8)), r"shape \(8,\), but \(9,\) fits"),
    "an empty kernel": (put("rnn.weight_ih_l0", np.ones((9, 0))), r"has shape \(9, 0\)"),
    "a layer of more digits than an integer has": (
        renamed("head.0.weight", f"head.{9:05000}.{'9' * 5000}.weight"),
        "head",
    ),
    "not a number": (put("rnn.bias_hh_l0", [np.nan] * 9), "not finite: did the training diverge"),
    "a huge number": (put("rnn.bias_hh_l0", [1e30] * 9), "the largest number is 1e"),
    "something else": (put("norm.running_mean", [1.0]), "'norm.running_mean' belongs to no"),
    "a Linear that reads something else": (put("head.0.weight", np.ones((1, 7))), "do not follow"),
    "a first state of other units": (put("h0", np.ones((2, 5))), r"h0.*\(2, 5\)"),
    "cells of a GRU": (
        lambda t: [put("h0", np.ones((2, 3)))(t), put("c0", np.ones((2, 3)))(t)],
        "c0",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_such_network_is_refused_in_one_line(tmp_path, name):
    change, words = REFUSED[name]
    network = trained(np.random.default_rng(8), "gru", 1, 3, 2, heads=[1])
    change(network.tensors)
    with pytest.raises(BonsaiError, match=words) as refusal:
        graph_of(tmp_path, network)
    assert str(refusal.value).startswith(str(tmp_path))
    assert "\n" not in str(refusal.value)


def test_a_plain_rnn_is_asked_for_its_activation(tmp_path):
    network = trained(np.random.default_rng(9), "rnn", 1, 2, 1, heads=[1])
    with pytest.raises(BonsaiError, match=r"--activation tanh .* or --activation relu$"):
        graph_of(tmp_path, network)
    gru = trained(np.random.default_rng(9), "gru", 1, 2, 1, heads=[1])
    with pytest.raises(BonsaiError, match="is of the kind gru"):
        graph_of(tmp_path, gru, TANH)


@pytest.mark.parametrize("ending", ["pt", "pth", "bin", "pkl"])
def test_pickles_are_not_read_but_told_how_to_be_converted(tmp_path, ending):
    path = tmp_path / f"model.{ending}"  # It need not be there: nothing is read.
    with pytest.raises(BonsaiError, match=r"weights_only=True\), \"model.safetensors\"\)'"):
        read_stack(str(path), Conventions())


def header(document, data=b""):
    text = json.dumps(document).encode()
    return len(text).to_bytes(8, "little") + text + data


BROKEN = {
    "nothing": b"",
    "a header beyond the file": (10**18).to_bytes(8, "little") + b"{}",
    "no JSON": (4).to_bytes(8, "little") + b"{{{{",
    "a tensor of terabytes": header(
        {"a": {"dtype": "F32", "shape": [2**40], "data_offsets": [0, 2**42]}}
    ),
    "tensors on each other": header(
        {
            "a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]},
            "b": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]},
        },
        bytes(4),
    ),
    "half floats of Google's": header(
        {"a": {"dtype": "BF16", "shape": [1], "data_offsets": [0, 2]}}, bytes(2)
    ),
    "more dimensions than an array has": header(
        {"a": {"dtype": "F32", "shape": [1] * 100, "data_offsets": [0, 4]}}, bytes(4)
    ),
    "nothing, in huge rows": header(
        {"a": {"dtype": "F32", "shape": [0, 2**62], "data_offsets": [0, 0]}}
    ),
    "no metadata": header(
        {"__metadata__": None, "a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}},
        bytes(4),
    ),
    "a deep header": (4_000).to_bytes(8, "little") + b"[" * 4_000,
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_files_are_refused_in_one_line(name):
    with pytest.raises(BonsaiError, match=r"^net.safetensors: ") as refusal:
        read(BROKEN[name], Conventions(), "net.safetensors")
    assert "\n" not in str(refusal.value)


def test_first_states_come_from_arrays(tmp_path):
    np.save(tmp_path / "h0.npy", np.ones((2, 1, 3)))
    np.savez(tmp_path / "both.npz", h0=np.ones(3), c0=np.zeros(3))
    (tmp_path / "h0.safetensors").write_bytes(save({"h0": np.ones((1, 3), dtype=np.float32)}))
    assert read_initial(tmp_path / "h0.npy").hidden.shape == (2, 3)
    assert read_initial(tmp_path / "both.npz").cells.tolist() == [[0, 0, 0]]
    assert read_initial(tmp_path / "h0.safetensors").cells is None
    np.save(tmp_path / "objects.npy", np.array([{}], dtype=object), allow_pickle=True)
    np.save(tmp_path / "four.npy", np.ones((1, 1, 1, 1)))
    np.savez(tmp_path / "other.npz", weights=np.ones(3))
    (tmp_path / "h0.txt").write_text("1 2 3")
    (tmp_path / "cut.npz").write_bytes((tmp_path / "both.npz").read_bytes()[:-40])
    for name in ("objects.npy", "four.npy", "other.npz", "h0.txt", "cut.npz", "missing.npy"):
        with pytest.raises(BonsaiError, match=name):
            read_initial(tmp_path / name)


def test_a_task_of_other_widths_is_refused_with_the_flag_that_may_help(tmp_path):
    path = tmp_path / "task.py"
    path.write_text(
        "inputs = ('x',)\noutputs = ('y',)\nstart = 0\n\ndef step(s, x):\n    return s, x\n"
    )
    task = load_task(path)
    rng = np.random.default_rng(10)
    with pytest.raises(BonsaiError, match=r"has 2 inputs, but .* has 1; .*--input-values one-hot"):
        graph_of(tmp_path, trained(rng, "gru", 2, 2, 1, heads=[1]), task=task)
    with pytest.raises(BonsaiError, match=r"has 2 outputs, but .* has 1; .*--output argmax"):
        graph_of(tmp_path, trained(rng, "gru", 1, 2, 1, heads=[2]), task=task)
    with pytest.raises(BonsaiError, match=r"has 3 outputs, but .* has 1$"):
        graph_of(tmp_path, trained(rng, "gru", 1, 2, 1, heads=[3]), task=task)
