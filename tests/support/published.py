"""Networks in the graph format: the article's two-tick delay and three-tick loop, and a builder."""

import json
from typing import Any

Document = dict[str, Any]


def ameo(factor: float, leak: float) -> Document:
    return {"type": "interpolatedAmeo", "factor": factor, "leakyness": leak}


def neuron(wires: dict[int, float], bias: float = 0, activation: Any = "linear") -> Document:
    weights = [{"weight": weight, "index": index} for index, weight in wires.items()]
    return {"name": "a neuron", "bias": bias, "activation": activation, "weights": weights}


def padded(neurons: dict[int, Document], width: int) -> list[Document | None]:
    return [neurons.get(place) for place in range(width)]


def cell(
    width: int,
    outputs: dict[int, Document],
    recurrent: dict[int, Document],
    states: dict[int, Document],
    count: int,
) -> Document:
    return {
        "outputDim": width,
        "outputNeurons": padded(outputs, width),
        "recurrentNeurons": padded(recurrent, count),
        "stateNeurons": padded(states, count),
    }


def network(inputs: list[Document | None], cells: list[Document], *layers: Document) -> Document:
    return {
        "inputLayer": {"neurons": inputs},
        "cells": cells,
        "postLayers": [{"outputDim": 1, "neurons": [layer]} for layer in layers],
        "outputs": {"neurons": [neuron({0: 1.0})]},
    }


def two_ago() -> Document:
    """The article's two-tick delay: 4 neurons, 4 weights, 2 states."""
    bend = ameo(0.5, 0.1)
    only = cell(
        4,
        {2: neuron({1: -1}, 0, bend)},
        {0: neuron({2: 1}, 0, bend), 1: neuron({0: -1}, 0, bend)},
        {0: neuron({0: 1}, 1), 1: neuron({1: 1}, -1)},
        2,
    )
    del only["outputNeurons"][3]  # as published: the list ends with the last neuron left
    return network([neuron({})], [only], neuron({2: -1}))


def three_state_loop() -> Document:
    """The article's loop of -1, -1, 1 without inputs: 4 neurons, 5 weights, 2 states."""
    bend = ameo(0.6, 1)
    only = cell(
        8,
        {7: neuron({3: -1}, 0, bend)},
        {1: neuron({5: 1}, 0, bend), 3: neuron({3: -1, 5: 1}, -1, bend)},
        {1: neuron({1: 1}, -1), 3: neuron({3: 1}, 1)},
        4,
    )
    return network([None, None], [only], neuron({7: 1}))


def text(document: Document) -> str:
    return json.dumps(document)


def drifting(step):
    """A one-tick delay beside a state that grows by `step` a tick and is read by the output."""
    bend = ameo(0.5, 0.1)
    only = cell(
        1,
        {0: neuron({1: -1}, 0, bend)},
        {0: neuron({0: -1}, 0, bend), 1: neuron({2: 1}, step)},
        {0: neuron({0: 1}, -1), 1: neuron({1: 1}, 0)},
        2,
    )
    document = network([neuron({})], [only], neuron({0: 1}))
    document["cells"].append(cell(1, {0: neuron({0: 1})}, {}, {}, 0))
    only["outputDim"] = 2
    only["outputNeurons"].append(neuron({2: 1}))
    document["cells"][1]["outputNeurons"][0] = neuron({0: 1, 1: 0.1})
    return document
