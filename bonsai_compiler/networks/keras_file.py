"""Read a model of Keras: SimpleRNN, GRU or LSTM, dense layers after; from .keras or .weights.h5.

A `.keras` file says what its layers are; of weights alone their shapes do, as far as they can.
Kernels are (inputs, blocks), blocks side by side: GRU z, r, h and LSTM i, f, c, o.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zipfile import BadZipFile, ZipFile

import h5py
import numpy as np
import numpy.typing as npt

from bonsai_compiler.errors import BonsaiError, shortened, shown
from bonsai_compiler.ir.activation import LINEAR, Activation
from bonsai_compiler.networks.checked import MOST_WEIGHTS, checked, expect_small
from bonsai_compiler.networks.conventions import Conventions
from bonsai_compiler.networks.fields import parse_json
from bonsai_compiler.networks.layers import SIGMOID, TANH, Kind, Recurrent, Stack
from bonsai_compiler.networks.network import Dense, Floats
from bonsai_compiler.networks.torch_state import with_initial

KINDS: dict[str, Kind] = {"SimpleRNN": "rnn", "GRU": "gru", "LSTM": "lstm"}
BLOCKS: dict[Kind, tuple[int, ...]] = {"rnn": (0,), "gru": (1, 0, 2), "lstm": (0, 1, 2, 3)}
"""Where our blocks stand among those of Keras."""

BENDS = {name: Activation(name) for name in ("linear", "relu", "sigmoid", "tanh")}
PASSING = ("InputLayer", "Dropout", "SpatialDropout1D", "GaussianNoise", "Identity")
"""Layers that hand on what they get, once training is over."""

MOST_UNPACKED = 64 * 2**20
WEIGHTS = "model.weights.h5"


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer: its class, its configuration, and where its weights stand in the file."""

    kind: str
    config: Mapping[str, Any] = field(default_factory=dict)
    place: str = ""


def read(data: bytes, conventions: Conventions, place: str) -> Stack:
    """Return the layers of a model in a file's bytes; no other file is read.

    Raises BonsaiError, beginning with `place`, for other layers, branches, what goes backwards,
    weights in other files, and arrays that do not fit.
    """
    told = None
    if data[:2] == b"PK":
        told, data = _unpacked(data, place)
    try:
        with h5py.File(io.BytesIO(data), "r") as file:
            return _stack(_Weights(file, place), told, conventions, place)
    except (OSError, RuntimeError, KeyError, ValueError, TypeError) as error:
        raise BonsaiError(f"{place}: is no file of Keras ({shortened(str(error))})") from None


def _unpacked(data: bytes, place: str) -> tuple[list[Layer], bytes]:
    """Return the layers that a `.keras` file says it has, and the file of their weights."""
    try:
        with ZipFile(io.BytesIO(data)) as whole:
            texts = []
            for name in ("config.json", WEIGHTS):
                with whole.open(name) as member:
                    texts.append(member.read(MOST_UNPACKED + 1))
    except (BadZipFile, KeyError, OSError, RuntimeError, NotImplementedError, EOFError) as error:
        raise BonsaiError(f"{place}: is no file of Keras ({shortened(str(error))})") from None
    if any(len(text) > MOST_UNPACKED for text in texts):
        raise BonsaiError(f"{place}: is too large when it is unpacked")
    config = parse_json(texts[0].decode(errors="replace"), f"{place}: config.json")
    return list(_layers(config, place)), texts[1]


def _layers(document: Any, place: str) -> Iterator[Layer]:
    """Yield the layers of a model's configuration, which must follow each other."""
    if not isinstance(document, dict) or document.get("class_name") not in (
        "Sequential",
        "Functional",
    ):
        kind = document.get("class_name") if isinstance(document, dict) else None
        raise BonsaiError(f"{place}: is a model of the kind {shown(kind)}; Sequential is known")
    config = document.get("config")
    items = config.get("layers") if isinstance(config, dict) else None
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise BonsaiError(f"{place}: its configuration has no layers")
    counts: dict[str, int] = {}
    before = None
    for item in items:
        kind, own = item.get("class_name"), item.get("config")
        if not isinstance(kind, str) or not isinstance(own, dict):
            raise BonsaiError(f"{place}: has a layer without a class or a configuration")
        if document["class_name"] == "Functional" and before is not None:
            sources = set(_sources(item.get("inbound_nodes")))
            if sources != {before}:
                raise BonsaiError(f"{place}: {shown(own.get('name'))} does not follow {before}")
        before = own.get("name")
        stem = _snake(kind)
        number = counts.get(stem, 0)
        counts[stem] = number + 1
        folder = f"layers/{stem}{f'_{number}' if number else ''}"
        if kind == "TimeDistributed":
            inner = own.get("layer")
            inner = inner if isinstance(inner, dict) else {}
            kind, own = str(inner.get("class_name")), inner.get("config") or {}
            folder += "/layer"
        yield Layer(kind, own, folder)


def _snake(kind: str) -> str:
    """Return a class's name as Keras writes it into its files."""
    known = {"SimpleRNN": "simple_rnn", "GRU": "gru", "LSTM": "lstm", "InputLayer": "input_layer"}
    words = "".join(f"_{sign.lower()}" if sign.isupper() else sign for sign in kind).lstrip("_")
    return known.get(kind, words)


def _sources(value: Any, depth: int = 0) -> Iterator[Any]:
    """Yield the names of the layers whose outputs a layer reads."""
    if depth > 12:
        return
    if isinstance(value, dict):
        history = value.get("keras_history")
        if isinstance(history, list) and history:
            yield history[0]
        for item in value.values():
            yield from _sources(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            yield from _sources(item, depth + 1)


class _Weights:
    """The arrays in a file of weights; links out of the file, and other storage, are refused."""

    def __init__(self, file: Any, place: str) -> None:
        self.file, self.place = file, place

    def arrays(self, folder: str) -> list[Floats]:
        """Return the variables of a layer, in their order."""
        group = self.at(f"{folder}/vars")
        names = sorted((name for name in group if name.isdecimal()), key=int)
        return [self.array(f"{folder}/vars/{name}") for name in names]

    def names(self, folder: str) -> list[str]:
        """Return what stands in a folder."""
        return list(self.at(folder))

    def at(self, path: str) -> Any:
        """Return what stands at a path; raises BonsaiError where that leads out of the file."""
        found = self.file
        for word in path.split("/"):
            if not isinstance(found, h5py.Group) or word not in found:
                raise BonsaiError(f"{self.place}: has no {shown(path)}, as Keras 3 writes it")
            if not isinstance(found.get(word, getlink=True), h5py.HardLink):
                raise BonsaiError(f"{self.place}: {shown(path)} is a link, which is not followed")
            found = found[word]
        return found

    def array(self, path: str) -> Floats:
        """Return an array, which stands in the file itself."""
        found = self.at(path)
        if not isinstance(found, h5py.Dataset):
            raise BonsaiError(f"{self.place}: {shown(path)} is no array")
        if found.external or found.is_virtual:
            raise BonsaiError(f"{self.place}: {shown(path)} has its numbers in another file")
        if found.size is None or found.size > MOST_WEIGHTS:
            raise BonsaiError(f"{self.place}: {shown(path)} has shape {found.shape}")
        array: npt.NDArray[Any] = np.asarray(found[()])
        return checked(array, f"{self.place}: {shown(path)}")


def _stack(
    weights: _Weights, told: Sequence[Layer] | None, conventions: Conventions, place: str
) -> Stack:
    if told is not None and (conventions.activation or conventions.between):
        raise BonsaiError(f"{place}: says itself what --activation and --between would say")
    layers: list[Recurrent | Dense] = []
    for layer in _found(weights, conventions) if told is None else told:
        if layer.kind in PASSING:
            continue
        if layer.kind in KINDS:
            if layers and (isinstance(layers[-1], Dense) or not layers):
                raise BonsaiError(f"{place}: {layer.place} follows a dense layer; it must not")
            layers.append(_recurrent(layer, weights, layers, place))
        elif layer.kind == "Dense" and layers:
            layers.append(_dense(layer, weights, layers, conventions, place))
        elif layer.kind == "Activation" and layers and isinstance(layers[-1], Dense):
            last = layers[-1]
            if last.activation != LINEAR:
                raise BonsaiError(f"{place}: {layer.place} bends what is bent already")
            bend = _bend(layer, "activation", conventions, place)
            layers[-1] = Dense(last.weights, last.bias, bend)
        else:
            raise BonsaiError(
                f"{place}: has a layer of the kind {shown(layer.kind)} there; known are "
                "SimpleRNN, GRU, LSTM, and Dense after them"
            )
    recurrent = [layer for layer in layers if isinstance(layer, Recurrent)]
    if not recurrent:
        raise BonsaiError(f"{place}: has no SimpleRNN, GRU or LSTM")
    dense = [layer for layer in layers if isinstance(layer, Dense)]
    filled = with_initial(recurrent, conventions.initial)
    return expect_small(Stack(recurrent[0].kernel.shape[1], (*filled, *dense)), place)


def _found(weights: _Weights, conventions: Conventions) -> Iterator[Layer]:
    """Yield the layers that a file of weights alone has: recurrent ones of one kind, then dense."""
    names = weights.names("layers")
    stems = {
        kind: [name for name in names if name.rstrip("0123456789").rstrip("_") == _snake(kind)]
        for kind in (*KINDS, "Dense")
    }
    kinds = [kind for kind in KINDS if stems[kind]]
    known = {name for found in stems.values() for name in found}
    for name in names:
        own = [] if name in known else weights.names(f"layers/{name}")
        if "vars" in own and weights.names(f"layers/{name}/vars"):
            raise BonsaiError(f"{weights.place}: {shown(name)} is of no kind that is known")
    if len(kinds) != 1:
        raise BonsaiError(
            f"{weights.place}: has recurrent layers of {len(kinds)} kinds; save .keras"
        )
    bend = conventions.activation
    if kinds == ["SimpleRNN"] and bend is None:
        raise BonsaiError(
            f"{weights.place}: weights alone do not say how sums are bent; add --activation tanh "
            "(Keras's default) or --activation relu, or give the .keras file"
        )
    if kinds != ["SimpleRNN"] and bend is not None:
        raise BonsaiError(f"{weights.place}: is a {kinds[0]}, whose activations are given")
    for kind in (*kinds, "Dense"):
        own = sorted(stems[kind], key=lambda name: (len(name), name))
        for place, name in enumerate(own):
            config: dict[str, Any] = {"activation": bend or "tanh"}
            if kind == "Dense":
                last = place == len(own) - 1
                config = {"activation": "linear" if last else conventions.between or "linear"}
            yield Layer(kind, config, f"layers/{name}")


def _recurrent(
    layer: Layer, weights: _Weights, before: Sequence[Recurrent | Dense], place: str
) -> Recurrent:
    config, kind = layer.config, KINDS[layer.kind]
    if config.get("go_backwards"):
        raise BonsaiError(
            f"{place}: {layer.place} reads the word backwards; a program goes forwards"
        )
    arrays = weights.arrays(f"{layer.place}/cell")
    if len(arrays) not in (2, 3) or any(array.ndim != 2 for array in arrays[:2]):
        raise BonsaiError(f"{place}: {layer.place} has {len(arrays)} arrays; 2 or 3 are wanted")
    kernel, own = arrays[:2]
    units, rows = int(own.shape[0]), len(BLOCKS[kind]) * int(own.shape[0])
    last = before[-1] if before else None
    width = last.units if isinstance(last, Recurrent) else int(kernel.shape[0])
    for array, shape in ((kernel, (width, rows)), (own, (units, rows))):
        if array.shape != shape or not array.size:
            raise BonsaiError(
                f"{place}: {layer.place} has weights of shape {array.shape}, but {shape} fits here"
            )
    bias = arrays[2] if len(arrays) == 3 else np.zeros(rows)
    after = kind == "gru" and _resets_after(layer, bias, place)
    if bias.shape != ((2, rows) if after and len(arrays) == 3 else (rows,)):
        raise BonsaiError(f"{place}: {layer.place} has a bias of shape {bias.shape}")
    both = bias if bias.ndim == 2 else np.stack([bias, np.zeros(rows)])
    inner = _bend(layer, "activation", None, place)
    gate = _bend(layer, "recurrent_activation", None, place)

    def moved(columns: Floats) -> Floats:
        blocks = columns.reshape(-1, len(BLOCKS[kind]), units)
        return np.concatenate([blocks[:, block] for block in BLOCKS[kind]], axis=1).T

    return Recurrent(
        kind,
        moved(kernel),
        moved(own),
        moved(both[:1])[:, 0],
        moved(both[1:])[:, 0],
        np.zeros(units),
        np.zeros(units),
        gate,
        inner,
        inner,
        after,
    )


def _resets_after(layer: Layer, bias: Floats, place: str) -> bool:
    """Return whether a GRU's reset comes after the product, as its bias of two rows tells."""
    told = layer.config.get("reset_after")
    if told is None:
        if not bias.any() and bias.ndim == 1:
            raise BonsaiError(
                f"{place}: {layer.place} does not say when it resets; give the .keras file"
            )
        return bias.ndim == 2
    return bool(told)


def _dense(
    layer: Layer,
    weights: _Weights,
    before: Sequence[Recurrent | Dense],
    conventions: Conventions,
    place: str,
) -> Dense:
    arrays = weights.arrays(layer.place)
    last = before[-1]
    width = last.units if isinstance(last, Recurrent) else len(last.bias)
    if len(arrays) not in (1, 2) or arrays[0].ndim != 2 or arrays[0].shape[0] != width:
        shapes = ", ".join(str(array.shape) for array in arrays)
        raise BonsaiError(f"{place}: {layer.place} has weights {shapes} after {width} units")
    bias = arrays[1] if len(arrays) == 2 else np.zeros(arrays[0].shape[1])
    if bias.shape != arrays[0].shape[1:] or not bias.size:
        raise BonsaiError(f"{place}: {layer.place} has a bias of shape {bias.shape}")
    return Dense(arrays[0].T, bias, _bend(layer, "activation", conventions, place))


def _bend(layer: Layer, name: str, conventions: Conventions | None, place: str) -> Activation:
    """Return an activation; of scores of which the greatest counts, a softmax changes nothing."""
    usual = {"recurrent_activation": SIGMOID}.get(name, LINEAR if layer.kind == "Dense" else TANH)
    told = layer.config.get(name, usual.kind)
    if told == "softmax" and conventions is not None and conventions.output == "argmax":
        return LINEAR
    if not isinstance(told, str) or told not in BENDS:
        hint = "; add --output argmax" if told == "softmax" else ""
        raise BonsaiError(
            f"{place}: {layer.place} has the activation {shown(told)}; known are "
            f"{', '.join(BENDS)}{hint}"
        )
    return BENDS[told]
