"""ONNX models: the standard's own cases, models as PyTorch exports them, and what is refused."""

from pathlib import Path

import numpy as np
import pytest

onnx = pytest.importorskip("onnx", reason="onnx is not installed")

from onnx import TensorProto, helper  # noqa: E402
from onnx.reference import ReferenceEvaluator  # noqa: E402
from onnx_models import Built, answers, closed  # noqa: E402

from bonsai_compiler.errors import BonsaiError  # noqa: E402
from bonsai_compiler.ir.interpreter import run  # noqa: E402
from bonsai_compiler.networks.conventions import UNSAID, Conventions, InitialStates  # noqa: E402
from bonsai_compiler.networks.onnx_file import read  # noqa: E402
from bonsai_compiler.networks.parsing import lifted, read_foreign  # noqa: E402

FOLDER = Path(__file__).parent / "onnx"


def standard_cases():
    """The cases that the standard defines these operators by; importing a module adds its own."""
    from onnx.backend.test.case import node
    from onnx.backend.test.case.node import gru, lstm, rnn  # noqa: F401

    return {case.name: case for case in node._NodeTestCases}


CASES = standard_cases()


def graph_of(model, conventions=UNSAID):
    return lifted(
        read(model.SerializeToString(), conventions, "net.onnx"), "net", None, conventions
    )


def values(graph, bits):
    trace = run(graph, bits)
    return np.stack([trace[node.source] for node in graph.outputs], axis=1)


REFUSED_CASES = {
    "peephole": "peepholes",
    "reverse": "reads the word backwards",
    "bidirectional": "reads the word backwards",
}


@pytest.mark.parametrize("name", CASES)
def test_the_standard_s_own_cases(name):
    case = CASES[name]
    (inputs, outputs), *_ = case.data_sets
    model = closed(case.model, inputs)
    np.testing.assert_allclose(answers(model, inputs[0]), outputs[0], rtol=1e-3, atol=1e-6)
    refusal = next((words for part, words in REFUSED_CASES.items() if part in name), None)
    if refusal:
        with pytest.raises(BonsaiError, match=refusal):
            graph_of(model)
        return
    x = (np.random.default_rng(0).random(inputs[0].shape) < 0.5).astype(np.float32)
    by_rows = any(item.name == "layout" and item.i for item in model.graph.node[0].attribute)
    wanted = answers(model, x)
    graph = graph_of(model)
    words = x if by_rows else x.swapaxes(0, 1)
    for row, word in enumerate(words):
        told = values(graph, word > 0.5)
        if model.graph.node[0].output[0] == "":  # the last states alone
            last = wanted[row, 0] if by_rows else wanted[0, row]
            np.testing.assert_allclose(told[-1], last, atol=1e-5)
        else:
            every = wanted[row, :, 0] if by_rows else wanted[:, 0, row]
            np.testing.assert_allclose(told, every, atol=1e-5)


def answered(path, bits):
    """What onnxruntime, or the reference evaluator without it, says to a word of one row."""
    model = onnx.load(path)
    x = bits.astype(np.float32)
    by_ticks = "_tf_" in path.name
    x = x[:, None] if by_ticks else x[None]
    try:
        import onnxruntime
    except ImportError:
        if "_relu_" in path.name:
            pytest.skip("onnx's own evaluator knows no Relu; onnxruntime, which does, is not there")
        told = answers(model, x)
    else:
        # Its optimizer believes the length that the newer exporter tried the model on.
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        session = onnxruntime.InferenceSession(path, options, ["CPUExecutionProvider"])
        told = session.run(None, {model.graph.input[0].name: x})[0]
    return told[:, 0] if by_ticks else told[0]


EXPORTED = sorted(path for path in FOLDER.glob("*.onnx") if "tanh_bf_dynamo" not in path.name)


@pytest.mark.parametrize("path", EXPORTED, ids=lambda path: path.stem)
def test_what_both_exporters_of_pytorch_write_computes_the_same(path):
    bits = np.random.default_rng(1).random((100, 1)) < 0.5
    graph = read_foreign(str(path))
    np.testing.assert_allclose(values(graph, bits), answered(path, bits), atol=1e-5)


def test_a_recurrence_that_is_written_out_is_refused_with_the_option_that_avoids_it():
    with pytest.raises(BonsaiError, match=r"written out for one length; .*dynamo=False"):
        read_foreign(str(FOLDER / "look_tanh_bf_dynamo.onnx"))


def expect_alike(model, conventions=UNSAID, width=2):
    bits = np.random.default_rng(3).random((40, width)) < 0.5
    graph = graph_of(model, conventions)
    wanted = answers(model, bits[None].astype(np.float32))[0]
    np.testing.assert_allclose(values(graph, bits), wanted, atol=1e-5)
    return graph


def test_layers_on_each_other_and_a_head():
    built = Built()
    assert len(expect_alike(built.model(built.head(built.layers()))).states) == 6


@pytest.mark.parametrize("linear", [0, 1])
def test_a_reset_before_and_after(linear):
    built = Built(linear)
    expect_alike(built.model(built.head(built.layers(linear_before_reset=linear))))


def test_what_stands_behind_a_layer_is_a_layer():
    """A Gemm over all ticks at once, scores that are scaled, shifted and bent."""
    built = Built(4)
    below = built.layers("LSTM", 4)
    flat = built.node("Reshape", [below, built.constant("flat", value=np.array([-1, 3]))], ["flat"])
    weights, bias = built.constant("G", 4, 3), built.constant("C", 4)
    end = built.node("Gemm", [flat, weights, bias], ["gemm"], transB=1, alpha=0.5, beta=2.0)
    end = built.node("Relu", [end], ["relu"])
    end = built.node("Mul", [end, built.constant("scale", 4)], ["scaled"])
    end = built.node("Sub", [end, built.constant("shift", 1)], ["shifted"])
    end = built.node("Tanh", [end], ["tanh"])
    model = built.model(end)
    bits = np.random.default_rng(5).random((30, 2)) < 0.5
    wanted = answers(model, bits[None].astype(np.float32))
    np.testing.assert_allclose(values(graph_of(model), bits), wanted, atol=1e-5)


def test_the_last_tick_alone_is_what_every_prefix_says():
    built = Built(6)
    built.layers()
    end = built.head(
        built.node("Squeeze", ["H1", built.constant("ax", value=np.array([0]))], ["h"])
    )
    model = built.model(end)
    bits = np.random.default_rng(7).random((20, 2)) < 0.5
    told = values(graph_of(model), bits)
    for ticks in (1, 7, 20):
        wanted = answers(model, bits[None, :ticks].astype(np.float32))
        np.testing.assert_allclose(told[ticks - 1], wanted[0], atol=1e-5)


def test_first_states_are_constants_or_said_by_the_user():
    built = Built(8)
    states = built.constant("h0", 1, 1, 3)
    below = built.layers(widths=(2,))
    built.nodes[1].input.extend(["", "h0"])
    built.inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, "T", 2])]
    end = built.head(below)
    expect_alike(built.model(end))
    array = built.constants.pop(states)
    built.inputs.append(helper.make_tensor_value_info("h0", TensorProto.FLOAT, [1, 1, 3]))
    model = built.model(end)
    with pytest.raises(BonsaiError, match=r"'h0' is an input beside the first; .*--h0"):
        graph_of(model)
    said = Conventions(initial=InitialStates("h0.npy", array[:, 0].astype(float)))
    graph = graph_of(model, said)
    bits = np.random.default_rng(9).random((40, 2)) < 0.5
    given = {"x": bits[None].astype(np.float32), "h0": array}
    wanted = ReferenceEvaluator(model).run(None, given)[0][0]
    np.testing.assert_allclose(values(graph, bits), wanted, atol=1e-5)


def test_probabilities_are_true_above_one_half():
    built = Built(10)
    model = built.model(built.node("Sigmoid", [built.head(built.layers())], ["p"]))
    bits = np.random.default_rng(11).random((40, 2)) < 0.5
    wanted = answers(model, bits[None].astype(np.float32))[0]
    trace = run(graph_of(model), bits)
    told = np.stack([trace["y0"], trace["y1"]], axis=1)
    assert told.tolist() == (wanted > 0.5).tolist()
    np.testing.assert_allclose(np.stack([trace["d0"], trace["d1"]], axis=1), wanted, atol=1e-5)


def test_a_softmax_is_for_the_greatest_score_alone():
    built = Built(12)
    model = built.model(built.node("Softmax", [built.head(built.layers())], ["p"], axis=-1))
    with pytest.raises(BonsaiError, match="kind 'Softmax'"):
        graph_of(model)
    bits = np.random.default_rng(13).random((40, 2)) < 0.5
    wanted = answers(model, bits[None].astype(np.float32))[0].argmax(axis=1)
    trace = run(graph_of(model, Conventions(output="argmax")), bits)
    assert trace["y"].astype(int).tolist() == wanted.tolist()


def with_attribute(**attributes):
    def change(built):
        return built.head(built.layers(**attributes))

    return change


def after(*steps):
    """A model with more nodes between the recurrent layers and the head."""

    def change(built):
        below = built.layers()
        for kind, attributes in steps:
            below = built.node(kind, [below], [f"after_{kind}"], **attributes)
        return built.head(below)

    return change


def backwards(built):
    """The input turned round in time before the first layer."""
    below = built.head(built.layers())
    steps = [
        built.constant(name, value=np.array([n]))
        for name, n in (("from", -1), ("to", -(2**31)), ("axis", 0), ("step", -1))
    ]
    cut = helper.make_node("Slice", ["turned", *steps], ["reversed"])
    built.nodes[1].input[0] = "reversed"
    built.nodes.insert(1, cut)
    return below


def residual(built):
    below = built.layers()
    product = built.node("MatMul", [below, built.constant("M", 3, 3)], ["product"])
    return built.node("Add", [product, below], ["sum"])


def external(built):
    end = built.head(built.layers())
    model = built.model(end)
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in (("location", "../../etc/passwd"), ("offset", "0"), ("length", "8")):
        tensor.external_data.add(key=key, value=value)
    return model


def huge(built):
    model = built.model(built.head(built.layers()))
    model.graph.initializer[0].dims[:] = [2**40, 2**40]
    return model


def not_a_number(built):
    end = built.head(built.layers())
    built.constants["R0"][0, 0, 0] = np.nan
    return end


def bomb(built):
    """Two thousand doublings of an array that the weights are made of."""
    end = built.head(built.layers())
    built.constants["M"] = np.zeros((3, 2), dtype=np.float32)
    growing = "M"
    for place in range(40):
        node = helper.make_node("Concat", [growing, growing], [f"twice{place}"], axis=0)
        built.nodes.insert(place, node)
        growing = f"twice{place}"
    built.nodes[-2].input[1] = growing
    return end


def wide(built):
    end = built.head(built.layers())
    built.constants["shape"] = np.array([2**31, 2**31])
    built.nodes.insert(0, helper.make_node("ConstantOfShape", ["shape"], ["zeros"]))
    built.nodes[-2].input[1] = "zeros"
    return end


REFUSED = {
    "of two sizes": (with_attribute(hidden_size=7), "has hidden_size 7, but weights of"),
    "clipped": (with_attribute(clip=3.0), "has the attribute clip"),
    "another activation": (
        with_attribute(activations=["HardSigmoid", "Tanh"]),
        "activation 'HardSigmoid'; known are Tanh",
    ),
    "too few activations": (with_attribute(activations=["Tanh"]), "1 activations; 2 are wanted"),
    "backwards": (backwards, "does not read all of its input's numbers in their order"),
    "a bend of another kind": (after(("Elu", {})), "kind 'Elu', which no layer"),
    "ticks that are mixed": (after(("Transpose", {"perm": [0, 2, 1]})), "one tick's numbers"),
    "a branch": (residual, "recurrent layers come first|branches off"),
    "weights in another file": (external, "in another file, which is not read; save the model"),
    "weights of terabytes": (huge, "that is too large"),
    "not a number": (not_a_number, "did the training diverge"),
    "doubled and doubled": (bomb, "too large|fits"),
    "a wide shape": (wide, "too large"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_no_layer_here_has_is_refused_in_one_line(name):
    make, words = REFUSED[name]
    built = Built(14)
    made = make(built)
    model = built.model(made) if isinstance(made, str) else made
    with pytest.raises(BonsaiError, match=words) as refusal:
        graph_of(model)
    assert str(refusal.value).startswith("net.onnx: ")
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("data", [b"", b"\x00" * 100, b"no model", b"\x0a\xff\xff\xff\xff\x7f"])
def test_what_is_no_model_is_refused_in_one_line(data):
    with pytest.raises(BonsaiError, match=r"^net.onnx: ") as refusal:
        read(data, UNSAID, "net.onnx")
    assert "\n" not in str(refusal.value)


def test_any_byte_may_be_broken():
    """A model in which a byte is another is read, or refused in one line."""
    rng = np.random.default_rng(15)
    whole = (FOLDER / "look_lstm_tf_legacy.onnx").read_bytes()
    for _ in range(200):
        data = bytearray(whole)
        for place in rng.integers(len(data), size=3):
            data[place] = rng.integers(256)
        assert "\n" not in refusal_of(bytes(data))


def refusal_of(data):
    """What is said of a broken model; nothing where it can be read all the same."""
    try:
        read(data, UNSAID, "net.onnx")
    except BonsaiError as refusal:
        return str(refusal)
    return ""
