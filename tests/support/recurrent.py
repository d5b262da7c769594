"""Recurrent layers by the formulas of PyTorch's documents, and random state dicts for them."""

from dataclasses import dataclass, field

import numpy as np

BLOCKS = {"rnn": 1, "gru": 3, "lstm": 4}


@dataclass
class Trained:
    """A state dict, and what it is of; `bends` stand after the dense layers."""

    kind: str
    tensors: dict
    inputs: int
    units: int
    layers: int
    nonlinearity: str = "tanh"
    heads: list = field(default_factory=list)
    prefix: str = "rnn."


def trained(rng, kind, inputs, units, layers, *, bias=True, heads=(), prefix="rnn.", names=None):
    """Random weights in float32, as `state_dict` names them; heads are widths of dense layers."""
    tensors = {}
    rows = BLOCKS[kind] * units

    def drawn(*shape):
        return rng.normal(scale=0.7, size=shape).astype(np.float32)

    for layer in range(layers):
        width = inputs if layer == 0 else units
        tensors[f"{prefix}weight_ih_l{layer}"] = drawn(rows, width)
        tensors[f"{prefix}weight_hh_l{layer}"] = drawn(rows, units)
        if bias:
            tensors[f"{prefix}bias_ih_l{layer}"] = drawn(rows)
            tensors[f"{prefix}bias_hh_l{layer}"] = drawn(rows)
    width, used = units, []
    for place, out in enumerate(heads):
        name = names[place] if names else f"head.{place}"
        tensors[f"{name}.weight"] = drawn(out, width)
        if bias:
            tensors[f"{name}.bias"] = drawn(out)
        used.append(name)
        width = out
    return Trained(kind, tensors, inputs, units, layers, heads=used, prefix=prefix)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def answers(network, sequence, h0=None, c0=None, between=lambda x: x):
    """What a network gives for a sequence of numbers (ticks, inputs): (ticks, outputs)."""
    units, tensors = network.units, network.tensors
    bend = {"tanh": np.tanh, "relu": lambda x: np.maximum(x, 0)}[network.nonlinearity]
    h = np.zeros((network.layers, units)) if h0 is None else np.array(h0, dtype=float)
    c = np.zeros((network.layers, units)) if c0 is None else np.array(c0, dtype=float)

    def of(name):
        found = tensors.get(name)
        return np.zeros(1) if found is None else found.astype(float)

    rows = []
    for x in np.asarray(sequence, dtype=float):
        for layer in range(network.layers):
            ends = f"_l{layer}"
            given = of(f"{network.prefix}weight_ih{ends}") @ x + of(
                f"{network.prefix}bias_ih{ends}"
            )
            held = of(f"{network.prefix}weight_hh{ends}") @ h[layer]
            held = held + of(f"{network.prefix}bias_hh{ends}")
            if network.kind == "rnn":
                h[layer] = bend(given + held)
            elif network.kind == "gru":
                (ir, iz, i_n), (hr, hz, hn) = np.split(given, 3), np.split(held, 3)
                r, z = sigmoid(ir + hr), sigmoid(iz + hz)
                n = np.tanh(i_n + r * hn)
                h[layer] = (1 - z) * n + z * h[layer]
            else:
                i, f, g, o = np.split(given + held, 4)
                c[layer] = sigmoid(f) * c[layer] + sigmoid(i) * np.tanh(g)
                h[layer] = sigmoid(o) * np.tanh(c[layer])
            x = h[layer]
        for place, name in enumerate(network.heads):
            x = of(f"{name}.weight") @ x + of(f"{name}.bias")
            x = between(x) if place < len(network.heads) - 1 else x
        rows.append(x.copy())
    return np.array(rows)


def bits(rng, ticks, width):
    """Random bits (ticks, width)."""
    return rng.random((ticks, width)) < 0.5
