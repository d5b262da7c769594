"""Files as Keras writes them, and what Keras's documents say that they compute."""

import io
import json
from zipfile import ZipFile

import h5py
import numpy as np

BLOCKS = {"SimpleRNN": 1, "GRU": 3, "LSTM": 4}


FOLDERS = {"SimpleRNN": "simple_rnn", "GRU": "gru", "LSTM": "lstm", "Dense": "dense"}


BENDS = {
    "tanh": np.tanh,
    "relu": lambda x: np.maximum(x, 0),
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "linear": lambda x: x,
}


def weights_file(layers, change=lambda file: None):
    """The bytes of a file of weights: each layer is (folder, arrays)."""
    data = io.BytesIO()
    with h5py.File(data, "w") as file:
        for folder, arrays in layers:
            group = file.create_group(f"layers/{folder}/vars")
            for place, array in enumerate(arrays):
                group.create_dataset(str(place), data=array)
        change(file)
    return data.getvalue()


def whole_file(configs, weights, kind="Sequential", names=("config.json", "model.weights.h5")):
    """The bytes of a `.keras` file."""
    layers = [{"class_name": name, "config": config} for name, config in configs]
    data = io.BytesIO()
    with ZipFile(data, "w") as whole:
        document = {"class_name": kind, "config": {"name": "net", "layers": layers}}
        whole.writestr(names[0], json.dumps(document))
        whole.writestr(names[1], weights)
    return data.getvalue()


class Made:
    """Random recurrent layers and dense ones: configurations, weights, and what they compute."""

    def __init__(self, seed, kind, inputs, units, heads, **options):
        rng = np.random.default_rng(seed)
        self.kind, self.units, self.heads = kind, units, heads
        self.options = {
            "activation": "tanh",
            "recurrent_activation": "sigmoid",
            "use_bias": True,
            "reset_after": True,
            **options,
        }
        self.configs, self.layers, self.parts = [("InputLayer", {"name": "in"})], [], []
        width, rows = inputs, BLOCKS[kind]

        def drawn(*shape):
            return rng.normal(scale=0.7, size=shape).astype(np.float32)

        for place, size in enumerate(units):
            arrays = [drawn(width, rows * size), drawn(size, rows * size)]
            if self.options["use_bias"]:
                double = kind == "GRU" and self.options["reset_after"]
                arrays.append(drawn(2, rows * size) if double else drawn(rows * size))
            self.parts.append(arrays)
            folder = FOLDERS[kind] + (f"_{place}" if place else "")
            self.layers.append((f"{folder}/cell", arrays))
            self.configs.append((kind, {"name": folder, "units": size, **self.options}))
            width = size
        self.dense = []
        for place, (size, bend) in enumerate(heads):
            arrays = [drawn(width, size), drawn(size)]
            self.dense.append((arrays, bend))
            folder = "dense" + (f"_{place}" if place else "")
            self.layers.append((folder, arrays))
            self.configs.append(("Dense", {"name": folder, "units": size, "activation": bend}))
            width = size

    def whole(self):
        return whole_file(self.configs, self.weights())

    def weights(self):
        return weights_file(self.layers)

    def answers(self, sequence, first=None):
        """What Keras's documents say of a sequence (ticks, inputs): (ticks, outputs)."""
        bend = BENDS[self.options["activation"]]
        gate = BENDS[self.options["recurrent_activation"]]
        states = [
            np.zeros(size) if first is None else first[n] for n, size in enumerate(self.units)
        ]
        cells = [np.zeros(size) for size in self.units]
        rows = []
        for x in np.asarray(sequence, dtype=float):
            for place, arrays in enumerate(self.parts):
                kernel, own = (array.astype(float) for array in arrays[:2])
                bias = arrays[2].astype(float) if len(arrays) == 3 else np.zeros(kernel.shape[1])
                h = states[place]
                if self.kind == "SimpleRNN":
                    h = bend(x @ kernel + bias + h @ own)
                elif self.kind == "GRU":
                    after = self.options["reset_after"]
                    given_bias, own_bias = bias if bias.ndim == 2 else (bias, np.zeros(len(bias)))
                    xz, xr, xh = np.split(x @ kernel + given_bias, 3)
                    uz, ur, uh = np.split(own, 3, axis=1)
                    bz, br, bh = np.split(own_bias, 3)
                    z, r = gate(xz + h @ uz + bz), gate(xr + h @ ur + br)
                    recalled = r * (h @ uh + bh) if after else (r * h) @ uh
                    h = z * h + (1 - z) * bend(xh + recalled)
                else:
                    i, f, c, o = np.split(x @ kernel + bias + h @ own, 4)
                    cells[place] = gate(f) * cells[place] + gate(i) * bend(c)
                    h = gate(o) * bend(cells[place])
                states[place] = x = h
            for (kernel, bias), name in self.dense:
                x = BENDS[name](x @ kernel.astype(float) + bias)
            rows.append(x)
        return np.array(rows)
