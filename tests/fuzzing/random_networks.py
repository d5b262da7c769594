"""Random networks in both published formats, and our own run of them.

The formats are told by the article's files: weights are matrices with a row for each value read;
graphs list neurons, of which pruned ones are null or missing, each with its wires.
"""

import random
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from .curve import activated
from .fields import Field, Letter, bits_of, values_of
from .running import UndecidedError

Vector = list[float]
Kind = Any


def curve_of(kind: Any) -> tuple[float, float] | str:
    """Return an activation as it is spelt in either format."""
    if isinstance(kind, str):
        return kind
    spelt = kind.get("id", kind.get("type")).replace("_", "").lower()
    return (1.0 if spelt == "leakyameo" else kind["factor"], kind["leakyness"])


class NetworkRun:
    """A network's ticks: states are tuples of floats, inputs and outputs as the fields say."""

    def __init__(
        self, document: dict[str, Any], inputs: tuple[Field, ...], outputs: tuple[Field, ...]
    ) -> None:
        self.document, self.inputs, self.outputs = document, inputs, outputs
        self._run = self._graph if "inputLayer" in document else self._weights
        self.start = tuple(self._first())

    def admits(self, state: Any, letter: Letter) -> bool:
        return True

    def step(self, state: Any, letter: Letter) -> tuple[Any, tuple[Any, ...]]:
        bits = [1.0 if bit else -1.0 for bit in bits_of(self.inputs, letter)]
        following, told = self._run(list(state), bits)
        for value in told:
            if 0 < abs(value) < 1e-9:
                raise UndecidedError
        return tuple(following), values_of(self.outputs, [value > 0 for value in told])

    def _first(self) -> Vector:
        cells = self.document["cells"]
        if self._run == self._weights:
            return [value for cell in cells for value in cell["initial_state"]]
        return [
            0.0 if neuron is None else neuron["bias"]
            for cell in cells
            for neuron in cell["stateNeurons"]
        ]

    def _weights(self, state: Vector, values: Vector) -> tuple[Vector, Vector]:
        following: Vector = []
        for cell in self.document["cells"]:
            own, state = state[: cell["state_size"]], state[cell["state_size"] :]
            read = values + own
            if "hidden_size" in cell:
                read = _layer(cell, "hidden", read) + read
            levels = cell.get("state_levels", [[]] * len(own))
            recurrent = _layer(cell, "recurrent", read)
            following += [_held(value, own) for value, own in zip(recurrent, levels, strict=True)]
            values = _layer(cell, "output", read)
        for layer in self.document["post_layers"]:
            rows, curve = layer["weights"], curve_of(layer["activation"])
            values = [
                _neuron(curve, weights, values, bias)
                for weights, bias in zip(rows, layer["bias"], strict=True)
            ]
        return following, values

    def _graph(self, state: Vector, values: Vector) -> tuple[Vector, Vector]:
        following: Vector = []
        for cell in self.document["cells"]:
            count = len(cell["stateNeurons"])
            own, state = state[:count], state[count:]
            read = values + own
            recurrent = [_wired(neuron, read) for neuron in cell["recurrentNeurons"]]
            recurrent += [0.0] * (count - len(recurrent))
            following += [
                # A state's bias is what it holds first, and no more.
                0.0 if neuron is None else _wired({**neuron, "bias": 0.0}, recurrent)
                for neuron in cell["stateNeurons"]
            ]
            values = [_wired(neuron, read) for neuron in cell["outputNeurons"]]
            values += [0.0] * (cell["outputDim"] - len(values))
        for layer in self.document["postLayers"]:
            values = [_wired(neuron, values) for neuron in layer["neurons"]]
            values += [0.0] * (layer["outputDim"] - len(values))
        return following, [_wired(neuron, values) for neuron in self.document["outputs"]["neurons"]]


def _layer(cell: dict[str, Any], what: str, read: Vector) -> Vector:
    kernel, bias = cell[f"{what}_kernel"], cell[f"{what}_bias"]
    curve = curve_of(cell[f"{what}_activation"])
    columns = [[row[place] for row in kernel] for place in range(len(bias))]
    return [_neuron(curve, column, read, by) for column, by in zip(columns, bias, strict=True)]


def _held(value: float, levels: Vector) -> float:
    """Return the level nearest to a value, which rounding must not decide; all, without levels."""
    if any(abs(value - (low + high) / 2) < 1e-9 for low, high in pairwise(levels)):
        raise UndecidedError
    return min(levels, key=lambda level: abs(level - value)) if levels else value


def _neuron(curve: Any, weights: Vector, read: Vector, bias: float) -> float:
    total = 0.0
    for weight, value in zip(weights, read, strict=True):
        if weight:
            total += weight * value
    return activated(curve, total + bias)


def _wired(neuron: dict[str, Any] | None, read: Vector) -> float:
    if neuron is None:
        return 0.0
    total = 0.0
    for wire in neuron["weights"]:
        total += wire["weight"] * read[wire["index"]]
    return activated(curve_of(neuron["activation"]), total + neuron["bias"])


Sums = list[tuple[Vector, float]]


@dataclass(frozen=True, slots=True)
class _Made:
    """A network in no form yet: its curve, its inputs, its sums by kind, and the first states.

    `recurrent` and `outs` read the hidden neurons, of which there may be none, before all else.
    """

    curve: dict[str, float]
    inputs: int
    hidden: Sums
    recurrent: Sums
    outs: Sums
    last: Sums
    first: Vector


def random_network(
    rng: random.Random, inputs: int, outputs: int, scale: int = 1, noise: float = 0.0
) -> dict[str, Any]:
    """Return a network whose values are -1 and 1 throughout, but for the noise on its weights.

    Sums are odd and from -3 to 3, where the activation is -1 or 1, whatever its factor; levels that
    states are held to, in one of the two forms, are -1, 1 and what lies between. With other
    noise, the same choices make the same network but for that.
    """
    states, width = rng.randint(0, 2 + scale), rng.randint(1, 2 + scale)
    curve = {"factor": rng.choice((0.0, 0.2, 0.5, 1.0)), "leakyness": rng.choice((0.0, 0.1))}
    make = _as_weights if rng.random() < 0.5 else _as_graph
    deep = make is _as_weights and rng.random() < 0.5
    hidden = [
        _odd_sum(rng, inputs + states, noise) for _ in range(rng.randint(0, 2 + scale) * deep)
    ]
    read = len(hidden) + inputs + states
    recurrent = [_odd_sum(rng, read, noise) for _ in range(states)]
    outs = [_odd_sum(rng, read, noise) for _ in range(width)]
    last = [_odd_sum(rng, width, noise) for _ in range(outputs)]
    first = [rng.choice((-1.0, 1.0)) + noise * rng.uniform(-1, 1) for _ in range(states)]
    return make(rng, _Made(curve, inputs, hidden, recurrent, outs, last, first))


def _odd_sum(rng: random.Random, read: int, noise: float) -> tuple[Vector, float]:
    """Return the weights and the bias of a neuron."""
    count = rng.randint(0, min(3, read))
    weights = [0.0] * read
    for place in rng.sample(range(read), count):
        weights[place] = rng.choice((-1.0, 1.0))
    bias = rng.choice({0: (-3, -1, 1, 3), 1: (-2, 0, 0, 2), 2: (-1, 1), 3: (0,)}[count])
    shaken = [w and w + noise * rng.uniform(-1, 1) for w in weights]
    return shaken, bias + noise * rng.uniform(-1, 1)


def _as_weights(rng: random.Random, made: _Made) -> dict[str, Any]:
    kind = {"id": "interpolated_ameo", **made.curve}

    def kernel(sums: Sums, rows: int) -> list[Vector]:
        return [[weights[row] for weights, _ in sums] for row in range(rows)]

    read = made.inputs + len(made.first)
    rows = read + len(made.hidden)

    cell = {
        "state_size": len(made.first),
        "output_dim": len(made.outs),
        "output_kernel": kernel(made.outs, rows),
        "output_bias": [bias for _, bias in made.outs],
        "recurrent_kernel": kernel(made.recurrent, rows),
        "recurrent_bias": [bias for _, bias in made.recurrent],
        "initial_state": made.first,
        "recurrent_activation": kind,
        "output_activation": kind,
    }
    if made.hidden or rng.random() < 0.1:
        cell |= {
            "hidden_size": len(made.hidden),
            "hidden_kernel": kernel(made.hidden, read),
            "hidden_bias": [bias for _, bias in made.hidden],
            "hidden_activation": kind,
        }
    if rng.random() < 0.4:
        ladders = ([-1.0, 1.0], [-1.0, 1.0], [-1.0, 0.25, 1.0], [])
        cell["state_levels"] = [rng.choice(ladders) for _ in made.first]
    dense = {
        "input_dim": len(made.outs),
        "output_dim": len(made.last),
        "weights": [weights for weights, _ in made.last],
        "bias": [bias for _, bias in made.last],
        "activation": rng.choice((kind, "linear")),
    }
    return {
        "input_dim": made.inputs,
        "output_dim": len(made.last),
        "cells": [cell],
        "post_layers": [dense],
    }


def _as_graph(rng: random.Random, made: _Made) -> dict[str, Any]:
    spelt = rng.choice(("interpolatedAmeo", "interpolated_ameo"))
    kind = {"type": spelt, **made.curve}

    def neuron(weights: Vector, bias: float) -> dict[str, Any]:
        wires = [{"weight": w, "index": place} for place, w in enumerate(weights) if w]
        return {"weights": wires, "bias": bias, "activation": kind}

    def copied(place: int, bias: float) -> dict[str, Any]:
        wires = [{"weight": 1.0, "index": place}]
        return {"weights": wires, "bias": bias, "activation": "linear"}

    cell = {
        "outputDim": len(made.outs),
        "outputNeurons": _pruned(rng, [neuron(*part) for part in made.outs]),
        "recurrentNeurons": [neuron(*part) for part in made.recurrent],
        "stateNeurons": [copied(place, init) for place, init in enumerate(made.first)],
    }
    results = [neuron(*part) for part in made.last]
    layer = {
        "outputDim": len(made.outs),
        "neurons": [copied(n, 0.0) for n in range(len(made.outs))],
    }
    return {
        "inputLayer": {"neurons": [{"name": f"in{n}"} for n in range(made.inputs)]},
        "cells": [cell],
        "postLayers": [layer] if rng.random() < 0.3 else [],
        "outputs": {"neurons": results},
    }


def _pruned(rng: random.Random, neurons: list[Any]) -> list[Any]:
    """Return neurons of which some are null; what is missing at the end is pruned as well."""
    if rng.random() < 0.7:
        return neurons
    left = [neuron if rng.random() < 0.8 else None for neuron in neurons]
    while left and left[-1] is None:
        left.pop()
    return left
