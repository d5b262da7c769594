"""Models of Keras: files as it writes them, by its formulas, and by itself where it is there."""

import importlib.util
import io
import os
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
import pytest

h5py = pytest.importorskip("h5py", reason="h5py is not installed")

from keras_files import Made, weights_file, whole_file  # noqa: E402

from bonsai_compiler.errors import BonsaiError  # noqa: E402
from bonsai_compiler.ir.interpreter import run  # noqa: E402
from bonsai_compiler.networks.conventions import UNSAID, Conventions, InitialStates  # noqa: E402
from bonsai_compiler.networks.keras_file import read  # noqa: E402
from bonsai_compiler.networks.parsing import lifted  # noqa: E402


def values(graph, bits):
    trace = run(graph, bits)
    return np.stack([trace[node.source] for node in graph.outputs], axis=1)


def graph_of(data, conventions=UNSAID):
    return lifted(read(data, conventions, "net.keras"), "net", None, conventions)


VARIANTS = {
    "simple": ("SimpleRNN", {}),
    "simple, relu": ("SimpleRNN", {"activation": "relu"}),
    "GRU": ("GRU", {}),
    "GRU, reset first": ("GRU", {"reset_after": False}),
    "GRU, no bias": ("GRU", {"use_bias": False}),
    "GRU, no bias, reset first": ("GRU", {"use_bias": False, "reset_after": False}),
    "LSTM": ("LSTM", {}),
    "LSTM, other activations": ("LSTM", {"activation": "relu", "recurrent_activation": "tanh"}),
    "LSTM, no bias": ("LSTM", {"use_bias": False}),
}


@pytest.mark.parametrize("name", VARIANTS)
@pytest.mark.parametrize("units", [(3,), (1,), (2, 4), (3, 2, 2)])
def test_a_keras_file_computes_what_its_formulas_say(name, units):
    kind, options = VARIANTS[name]
    made = Made(len(units), kind, 2, units, [(3, "tanh"), (2, "linear")], **options)
    bits = np.random.default_rng(1).random((100, 2)) < 0.5
    wanted = made.answers(bits)
    # Without a bound, a relu of an LSTM's cells grows beyond what can be compared by a difference.
    np.testing.assert_allclose(values(graph_of(made.whole()), bits), wanted, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("name", ["simple, relu", "GRU", "GRU, reset first", "LSTM"])
def test_weights_alone_are_read_as_far_as_they_say(name):
    kind, options = VARIANTS[name]
    made = Made(2, kind, 1, (3, 3), [(3, "relu"), (1, "linear")], **options)
    bits = np.random.default_rng(2).random((50, 1)) < 0.5
    asked = options.get("activation") if kind == "SimpleRNN" else None
    conventions = Conventions(activation=asked, between="relu")
    told = values(graph_of(made.weights(), conventions), bits)
    np.testing.assert_allclose(told, made.answers(bits), rtol=1e-6, atol=1e-9)


def test_first_states_are_said_by_the_user():
    made = Made(3, "GRU", 1, (2, 2), [(1, "linear")])
    first = np.array([[0.5, -0.25], [0.75, 0.125]])
    bits = np.random.default_rng(3).random((30, 1)) < 0.5
    graph = graph_of(made.whole(), Conventions(initial=InitialStates("h0.npy", first)))
    np.testing.assert_allclose(values(graph, bits), made.answers(bits, first), atol=1e-9)


def test_a_sigmoid_at_the_end_is_true_above_one_half_and_a_softmax_a_choice():
    bits = np.random.default_rng(4).random((40, 1)) < 0.5
    made = Made(4, "GRU", 1, (3,), [(1, "sigmoid")])
    trace = run(graph_of(made.whole()), bits)
    assert trace["y"].tolist() == (made.answers(bits)[:, 0] > 0.5).tolist()
    made = Made(5, "GRU", 1, (3,), [(2, "linear")])
    wanted = made.answers(bits).argmax(axis=1).tolist()
    made.configs[-1][1]["activation"] = "softmax"
    trace = run(graph_of(made.whole(), Conventions(output="argmax")), bits)
    assert trace["y"].astype(int).tolist() == wanted
    with pytest.raises(BonsaiError, match=r"softmax.*; add --output argmax"):
        graph_of(made.whole())


def test_layers_that_only_pass_on_and_activations_apart():
    made = Made(6, "LSTM", 1, (2,), [(2, "linear"), (1, "linear")])
    recurrent, first, last = made.configs[1:]
    made.configs[1:] = [
        recurrent,
        ("Dropout", {}),
        first,
        ("Activation", {"activation": "tanh"}),
        last,
    ]
    made.dense[0] = made.dense[0][0], "tanh"
    bits = np.random.default_rng(6).random((40, 1)) < 0.5
    np.testing.assert_allclose(values(graph_of(made.whole()), bits), made.answers(bits), atol=1e-9)


def configured(place, **changes):
    def change(made):
        made.configs[place][1].update(changes)
        return made.whole()

    return change


def inserted(kind, config, place=2):
    def change(made):
        made.configs.insert(place, (kind, config))
        return made.whole()

    return change


def reshaped(layer, array, shape):
    def change(made):
        made.layers[layer][1][array] = np.zeros(shape, dtype=np.float32)
        return made.whole()

    return change


def linked(made):
    def change(file):
        del file["layers/gru/cell/vars/0"]
        file["layers/gru/cell/vars/0"] = h5py.ExternalLink("/etc/passwd", "/0")

    return whole_file(made.configs, weights_file(made.layers, change))


def soft(made):
    def change(file):
        del file["layers/gru/cell/vars/0"]
        file["layers/gru/cell/vars/0"] = h5py.SoftLink("/layers/gru/cell/vars/1")

    return whole_file(made.configs, weights_file(made.layers, change))


def stored_elsewhere(made):
    def change(file):
        del file["layers/gru/cell/vars/0"]
        file["layers/gru/cell/vars"].create_dataset(
            "0", (1, 9), dtype="f4", external=[("/etc/passwd", 0, 36)]
        )

    return whole_file(made.configs, weights_file(made.layers, change))


def enormous(made):
    def change(file):
        del file["layers/gru/cell/vars/0"]
        file["layers/gru/cell/vars"].create_dataset(
            "0", (2**20, 2**20), dtype="f4", chunks=(1024, 1024), compression="gzip"
        )

    return whole_file(made.configs, weights_file(made.layers, change))


def bomb(made):
    data = io.BytesIO()
    with ZipFile(data, "w", ZIP_DEFLATED) as whole:
        whole.writestr("config.json", b" " * (80 * 2**20))
        whole.writestr("model.weights.h5", made.weights())
    return data.getvalue()


def nested(made):
    data = io.BytesIO()
    with ZipFile(data, "w") as whole:
        whole.writestr("config.json", "[" * 100_000)
        whole.writestr("model.weights.h5", made.weights())
    return data.getvalue()


REFUSED = {
    "backwards": (configured(1, go_backwards=True), "reads( the word)? backwards"),
    "another activation": (configured(1, activation="elu"), "has the activation 'elu'; known are"),
    "a serialized activation": (configured(1, activation={"class_name": "X"}), "known are linear"),
    "both ways": (inserted("Bidirectional", {}), "kind 'Bidirectional'"),
    "an embedding": (inserted("Embedding", {}, 1), "kind 'Embedding'"),
    "dense before": (inserted("Dense", {"activation": "linear"}, 1), "kind 'Dense' there"),
    "a wrong kernel": (reshaped(0, 0, (1, 8)), r"shape \(1, 8\), but \(1, 9\) fits"),
    "a wrong bias": (reshaped(0, 2, (9,)), r"bias of shape \(9,\)"),
    "a wrong head": (reshaped(1, 0, (4, 1)), r"\(4, 1\), \(1,\) after 3 units"),
    "a link out of the file": (linked, "is a link, which is not followed"),
    "a soft link": (soft, "is a link, which is not followed"),
    "numbers of another file": (stored_elsewhere, "in another file"),
    "an array of terabytes": (enormous, r"has shape \(1048576, 1048576\)"),
    "a zip bomb": (bomb, "too large when it is unpacked"),
    "a nested configuration": (nested, "not a JSON file"),
    "no weights": (
        lambda made: whole_file(made.configs, b"", names=("config.json", "other")),
        "no file of Keras",
    ),
    "broken weights": (lambda made: whole_file(made.configs, b"no hdf5"), "no file of Keras"),
    "another model": (
        lambda made: whole_file(made.configs, made.weights(), kind="Mine"),
        "kind 'Mine'; Sequential",
    ),
    "a branch": (
        lambda made: whole_file(made.configs, made.weights(), kind="Functional"),
        "does not follow",
    ),
    "no file at all": (lambda made: b"PK\x03\x04 no zip", "no file of Keras"),
    "text": (lambda made: b"hello", "no file of Keras"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_such_model_is_refused_in_one_line(name):
    make, words = REFUSED[name]
    with pytest.raises(BonsaiError, match=words) as refusal:
        graph_of(make(Made(7, "GRU", 1, (3,), [(1, "linear")])))
    assert str(refusal.value).startswith("net.keras: ")
    assert "\n" not in str(refusal.value)


def test_weights_alone_are_refused_where_they_do_not_say_enough():
    plain = Made(8, "SimpleRNN", 1, (2,), [(1, "linear")])
    with pytest.raises(BonsaiError, match="--activation tanh"):
        graph_of(plain.weights())
    bare = Made(9, "GRU", 1, (2,), [(1, "linear")], use_bias=False)
    with pytest.raises(BonsaiError, match="does not say when it resets"):
        graph_of(bare.weights())
    strange = [*bare.layers, ("layer_normalization", [np.ones(2, dtype=np.float32)])]
    with pytest.raises(BonsaiError, match="'layer_normalization' is of no kind"):
        graph_of(weights_file(strange))


ENGINE = next(
    (name for name in ("torch", "jax", "tensorflow") if importlib.util.find_spec(name)), None
)
KERAS = ENGINE is not None and importlib.util.find_spec("keras") is not None


@pytest.mark.skipif(not KERAS, reason="Keras, or what it runs on, is not installed")
@pytest.mark.parametrize("name", VARIANTS)
@pytest.mark.parametrize("functional", [False, True])
def test_a_model_that_keras_saved_computes_what_keras_says(tmp_path, name, functional):
    os.environ["KERAS_BACKEND"] = str(ENGINE)
    import keras

    keras.utils.set_random_seed(1)
    kind, options = VARIANTS[name]
    options = {
        key: value for key, value in options.items() if key != "reset_after" or kind == "GRU"
    }
    make = getattr(keras.layers, kind)
    layers = [
        make(3, return_sequences=True, bias_initializer="random_normal", **options),
        make(2, return_sequences=True, bias_initializer="random_normal", **options),
        keras.layers.Dense(4, activation="relu"),
        keras.layers.TimeDistributed(keras.layers.Dense(1)),
    ]
    if functional:
        start = end = keras.Input((None, 2))
        for layer in layers:
            end = layer(end)
        model = keras.Model(start, end)
    else:
        model = keras.Sequential([keras.Input((None, 2)), *layers])
    path = tmp_path / "net.keras"
    model.save(path)
    bits = np.random.default_rng(10).random((100, 2)) < 0.5
    wanted = keras.ops.convert_to_numpy(model(bits[None].astype(np.float32)))[0]
    told = values(graph_of(path.read_bytes()), bits)
    np.testing.assert_allclose(told, wanted, rtol=1e-4, atol=1e-5)
