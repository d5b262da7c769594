"""Read what PyTorch calls a state dict: a recurrent module's weights, and those of Linear after it.

Kernels are (rows, inputs) and (rows, units), rows as in `layers.BLOCKS`; 1, 3 or 4 times as many
rows as units mean RNN, GRU or LSTM. Names may have any prefix.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, permutations
from typing import Any

import numpy as np
import numpy.typing as npt

from bonsai_compiler.errors import BonsaiError, shown
from bonsai_compiler.ir.activation import LINEAR, Activation
from bonsai_compiler.networks.checked import Tensors, expect_small
from bonsai_compiler.networks.conventions import Conventions, InitialStates
from bonsai_compiler.networks.layers import BLOCKS, Kind, Recurrent, Stack
from bonsai_compiler.networks.network import Dense

_RECURRENT = re.compile(
    r"(?P<prefix>(?:.*\.)?)(?P<what>weight_ih|weight_hh|weight_hr|bias_ih|bias_hh)"
    r"(?:_l(?P<layer>\d{1,4}))?(?P<reverse>_reverse)?",
    re.DOTALL,
)
_INITIAL = {"h0": "hidden", "c0": "cells"}
_KINDS: dict[int, Kind] = {len(blocks): kind for kind, blocks in BLOCKS.items()}
_TOLD = ("nonlinearity", "activation", "kind")
"""Where a file's metadata may say whether a plain layer is tanh or relu."""

MOST_DENSE = 6
"""Of so many dense layers whose names tell no order it is found by their widths."""


def stack_of_state(
    arrays: Mapping[str, npt.NDArray[Any]],
    metadata: Mapping[str, str],
    conventions: Conventions,
    place: str,
) -> Stack:
    """Return the layers that a state dict holds.

    Raises BonsaiError, beginning with `place`, for what is no stack of layers that run forwards,
    what does not fit together, and tensors of whose part in it the names say nothing.
    """
    tensors = Tensors(place, arrays)
    layers, held = recurrent_layers(tensors, metadata, conventions)
    layers = with_initial(layers, conventions.initial or held)
    dense = _dense(tensors, layers[-1].units, conventions)
    rest = tensors.rest()
    if rest:
        raise BonsaiError(
            f"{place}: {shown(rest[0])} belongs to no recurrent layer and no Linear after it; "
            "save only these"
        )
    return expect_small(Stack(layers[0].kernel.shape[1], (*layers, *dense)), place)


def recurrent_layers(
    tensors: Tensors, metadata: Mapping[str, str], conventions: Conventions
) -> tuple[list[Recurrent], InitialStates | None]:
    """Return the layers of the one recurrent module, and the first states beside it, if any.

    Raises BonsaiError for anything that is no such module.
    """
    prefix, count = _module(tensors)
    layers: list[Recurrent] = []
    for number in range(count):
        layers.append(_layer(tensors, prefix, number, layers[-1].units if layers else None))
    kinds = {layer.kind: layer.units for layer in layers}
    if len(kinds) > 1 or any(layer.units != layers[0].units for layer in layers):
        raise BonsaiError(f"{tensors.place}: its layers are not of one kind and size")
    inner = _inner(layers[0].kind, metadata, conventions, tensors.place)
    held = _held(tensors, count, layers[0].units)
    return [replace(layer, inner=inner) for layer in layers], held


def _module(tensors: Tensors) -> tuple[str, int]:
    """Return the prefix of the one recurrent module, and how many layers it has."""
    found: dict[str, set[int]] = {}
    for name in tensors.arrays:
        parts = _RECURRENT.fullmatch(name)
        if parts is None:
            continue
        if parts["reverse"]:
            raise tensors.fail(
                shown(name),
                "reads the word backwards; a program goes forwards: train without bidirectional",
            )
        if parts["what"] == "weight_hr":
            raise tensors.fail(shown(name), "is a projection; train without proj_size")
        found.setdefault(parts["prefix"], set()).add(int(parts["layer"] or 0))
    if not found:
        raise BonsaiError(
            f"{tensors.place}: holds no recurrent layer; it has no tensor such as rnn.weight_ih_l0"
        )
    if len(found) > 1:
        names = ", ".join(shown(prefix.rstrip(".")) for prefix in sorted(found))
        raise BonsaiError(
            f"{tensors.place}: holds {len(found)} recurrent modules ({names}), and not how they "
            "are joined; save a network with one, which may have several layers"
        )
    ((prefix, numbers),) = found.items()
    if numbers != set(range(len(numbers))):
        missing = min(set(range(len(numbers))) - numbers)
        raise BonsaiError(f"{tensors.place}: layer {missing} of {shown(prefix)} is missing")
    return prefix, len(numbers)


def _layer(tensors: Tensors, prefix: str, number: int, below: int | None) -> Recurrent:
    """Return a layer that reads `below` values, any number if None."""
    plain = f"{prefix}weight_ih" in tensors.arrays
    names = {
        what: f"{prefix}{what}{'' if plain else f'_l{number}'}"
        for what in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    }
    for what in ("weight_ih", "weight_hh"):
        if names[what] not in tensors.arrays:
            raise tensors.fail(shown(names[what]), "is missing")
    rows, units = tensors.shape(names["weight_hh"], 2)
    kind = _KINDS.get(rows // units)
    if kind is None or rows % units:
        raise tensors.fail(
            shown(names["weight_hh"]),
            f"has shape {(rows, units)}; 1, 3 or 4 times as many rows as columns are wanted",
        )
    width = tensors.shape(names["weight_ih"], 2)[1] if below is None else below
    bias, recurrent_bias = (
        tensors.take(names[what], (rows,)) if names[what] in tensors.arrays else np.zeros(rows)
        for what in ("bias_ih", "bias_hh")
    )
    return Recurrent(
        kind,
        tensors.take(names["weight_ih"], (rows, width)),
        tensors.take(names["weight_hh"], (rows, units)),
        bias,
        recurrent_bias,
        np.zeros(units),
        np.zeros(units),
    )


def _inner(
    kind: Kind, metadata: Mapping[str, str], conventions: Conventions, place: str
) -> Activation:
    """Return the activation of a layer's candidates, for which a plain layer has two choices."""
    asked = conventions.activation
    if kind != "rnn":
        if asked is not None:
            raise BonsaiError(f"{place}: is of the kind {kind}, whose activations are given")
        return Activation("tanh")
    told = next((metadata[key] for key in _TOLD if metadata.get(key) in ("tanh", "relu")), None)
    if asked is not None and told is not None and asked != told:
        raise BonsaiError(f"{place}: says itself that its activation is {told}, not {asked}")
    chosen = asked or told
    if chosen is None:
        raise BonsaiError(
            f"{place}: a plain RNN's weights do not say how its sums are bent; add "
            "--activation tanh (PyTorch's default) or --activation relu"
        )
    return Activation(chosen)


def _held(tensors: Tensors, layers: int, units: int) -> InitialStates | None:
    """Return the initial states that the file itself has, in tensors called h0 and c0."""
    found = {}
    for name, array in tensors.arrays.items():
        what = _INITIAL.get(name.rpartition(".")[2])
        if what is not None:
            shape = tuple(array.shape)
            whole = (layers, 1, units) if len(shape) == 3 else (layers, units)
            found[what] = tensors.take(name, (units,) if shape == (units,) else whole)
            found[what] = found[what].reshape(-1, units)
    if "hidden" not in found:
        if found:
            raise BonsaiError(f"{tensors.place}: has c0, but no h0")
        return None
    return InitialStates(tensors.place, found["hidden"], found.get("cells"))


def with_initial(layers: list[Recurrent], initial: InitialStates | None) -> list[Recurrent]:
    """Return the layers with these states on the first tick.

    Raises BonsaiError for states of other layers or units.
    """
    if initial is None:
        return layers
    wanted = [(len(layers), layers[0].units)]
    gated = layers[0].kind == "lstm"
    if gated and initial.cells is None:
        raise BonsaiError(f"{initial.place}: an LSTM's first states are h0 and c0; c0 is missing")
    if not gated and initial.cells is not None:
        raise BonsaiError(f"{initial.place}: only an LSTM has c0, and this is none")
    for name, array in (("h0", initial.hidden), ("c0", initial.cells)):
        if array is not None and array.shape not in wanted:
            raise BonsaiError(
                f"{initial.place}: {name} has shape {array.shape}, but {wanted[0]} fits here "
                "(layers, units)"
            )
    cells = np.zeros_like(initial.hidden) if initial.cells is None else initial.cells
    return [
        replace(layer, initial=hidden, initial_cell=cell)
        for layer, hidden, cell in zip(layers, initial.hidden, cells, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Linear:
    """A dense layer's name, and how many values it reads and gives."""

    name: str
    reads: int
    gives: int


def _dense(tensors: Tensors, width: int, conventions: Conventions) -> list[Dense]:
    """Return the dense layers in order, the first of which reads `width` values."""
    linears = [
        _Linear(name.rpartition("weight")[0], *reversed(tensors.shape(name, 2)))
        for name in sorted(tensors.rest(), key=_natural)
        if name.endswith("weight") and tensors.arrays[name].ndim == 2
    ]
    ordered = _in_order(linears, width, tensors)
    hinted = [one for one, other in pairwise(ordered) if _gap(one.name, other.name)]
    if hinted and conventions.between is None:
        raise BonsaiError(
            f"{tensors.place}: something stands between {shown(hinted[0].name.rstrip('.'))} and "
            "the Linear after it, and the weights do not say what; add --between relu, tanh, "
            "sigmoid or linear"
        )
    bend = Activation(conventions.between) if conventions.between else LINEAR
    layers = []
    for place, linear in enumerate(ordered):
        weights = tensors.take(f"{linear.name}weight", (linear.gives, linear.reads))
        own = f"{linear.name}bias"
        bias = (
            tensors.take(own, (linear.gives,)) if own in tensors.arrays else np.zeros(linear.gives)
        )
        layers.append(Dense(weights, bias, bend if place < len(ordered) - 1 else LINEAR))
    return layers


def _natural(name: str) -> list[tuple[int, int, str]]:
    """Return a key in whose order `head.10` comes after `head.9`."""
    parts = re.split(r"(\d+)", name)
    # Of numbers the one with more digits is greater; as integers they may have too many.
    numbers = [part.lstrip("0") if part.isdecimal() else None for part in parts]
    return [
        (0, 0, part) if digits is None else (1, len(digits), digits)
        for part, digits in zip(parts, numbers, strict=True)
    ]


def _gap(one: str, other: str) -> bool:
    """Return whether something without weights stands between two members of a sequence."""
    first, second = (re.fullmatch(r"(.*?)(\d{1,9})\.", name) for name in (one, other))
    if first is None or second is None or first[1] != second[1]:
        return False
    return int(second[2]) - int(first[2]) > 1


def _in_order(linears: list[_Linear], width: int, tensors: Tensors) -> list[_Linear]:
    """Return dense layers so that each reads what the one before gives; by name if that fits."""

    def fits(order: Sequence[_Linear]) -> bool:
        widths = [width, *(linear.gives for linear in order)]
        return all(linear.reads == given for linear, given in zip(order, widths, strict=False))

    if fits(linears):
        return linears
    if len(linears) <= MOST_DENSE:
        found = [order for order in permutations(linears) if fits(order)]
        if len(found) == 1:
            return list(found[0])
    told = ", ".join(
        f"{shown(linear.name.rstrip('.'))} {linear.reads} -> {linear.gives}" for linear in linears
    )
    raise BonsaiError(
        f"{tensors.place}: its Linear layers do not follow a layer of {width} units, one after the "
        f"other: {told}"
    )
