"""Small networks whose states never repeat, each with the machine that it is trained to be."""

import machines
import numpy as np

from bonsai_compiler.ir.activation import PLAIN, Activation
from bonsai_compiler.ir.graph import Graph, Input, Neuron, Output, Product, State, Term

ACTIVATIONS = (
    *((kind, Activation(kind)) for kind in PLAIN),
    ("ameo", Activation("ameo", 0.5, 0.1)),
)


def neuron(name, activation, bias, **weights):
    terms = tuple(Term(weight, source) for source, weight in weights.items())
    return Neuron(name, activation, bias, terms)


def delay2():
    """Two ticks of delay, in two hyperbolic tangents that read each other a little."""
    nodes = (
        Input("x"),
        State("s0", -0.9, "r0"),
        State("s1", -0.9, "r1"),
        neuron("r0", "tanh", 0.03, x=1.7, s1=0.13),
        neuron("r1", "tanh", -0.02, s0=1.9, x=-0.11),
        neuron("o", "linear", 0.01, s1=1.3),
        Output("y", "o"),
    )
    return Graph("delay2", nodes, ACTIVATIONS), machines.delay2()


def parity():
    """Whether the ones so far are odd: a product turns the state over."""
    nodes = (
        Input("x"),
        State("s", -0.95, "r"),
        Product("p", "s", "x"),
        neuron("r", "tanh", 0.01, p=-2.3),
        neuron("o", "linear", 0.0, r=0.7),
        Output("y", "o"),
    )
    machine = machines.tabulate(lambda odd, x: (odd != x, odd != x), False, 1)
    return Graph("parity", nodes, ACTIVATIONS), machine


LATCH = """
inputs = ("x0", "x1")
outputs = ("y",)
start = False


def step(kept, take, value):
    now = value if take else kept
    return now, now
"""
"""The task of `gated`."""


def gated():
    """A latch: the one input says whether to take the other, by a gate as a GRU's."""
    nodes = (
        Input("x0"),
        Input("x1"),
        State("s", -0.9, "n"),
        neuron("z", "sigmoid", -0.2, x0=4.1, s=0.05),
        Product("taken", "z", "x1"),
        neuron("n", "tanh", 0.02, s=2.2, taken=4.6),
        neuron("e", "relu", 0.03, n=1.1),
        neuron("o", "linear", -0.5, e=1.0),
        Output("y", "o"),
    )

    def step(kept, take, value):
        now = value if take else kept
        return now, now

    return Graph("gated", nodes, ACTIVATIONS), machines.tabulate(step, False, 2)


def zigzag():
    """Whether the last two bits differ, by one zigzag with weights that are not quite whole."""
    nodes = (
        Input("x"),
        State("s", -0.97, "r"),
        neuron("r", "ameo", 0.0, x=1.03),
        neuron("o", "ameo", 1.02, x=0.98, s=1.01),
        Output("y", "o"),
    )
    graph = Graph("zigzag", nodes, ACTIVATIONS)
    return graph, machines.tabulate(lambda before, x: (x, before != x), True, 1)


NETWORKS = {"delay2": delay2, "parity": parity, "gated": gated, "zigzag": zigzag}


def shaken(graph, rng, scale):
    """The graph with noise on every weight and bias."""

    def moved(node):
        if not isinstance(node, Neuron):
            return node
        terms = tuple(
            Term(term.weight + scale * rng.standard_normal(), term.source) for term in node.terms
        )
        bias = node.bias + scale * rng.standard_normal()
        return Neuron(node.name, node.activation, float(bias), terms)

    return graph.with_nodes([moved(node) for node in graph.nodes])


def legal_letters(machine, rng, runs, ticks):
    """Random legal runs: the machine's states (ticks + 1, runs), and the letters (ticks, runs)."""
    states, letters = [np.zeros(runs, dtype=np.int64)], []
    for _ in range(ticks):
        legal = machine.legal[states[-1]]
        letters.append(np.where(legal, rng.random(legal.shape), -1.0).argmax(axis=1))
        states.append(machine.successor[states[-1], letters[-1]].astype(np.int64))
    return np.array(states), np.array(letters)
