"""Covers: what they claim is confirmed, they begin at the start, and they end where told to."""

import math

import drifting
import numpy as np
import pytest

from bonsai_compiler.regions.certificate import abstract_network, check
from bonsai_compiler.regions.cover import cover
from bonsai_compiler.system.effort import Effort


def covered(name, radius, halvings=2, most=math.inf):
    graph, machine = drifting.NETWORKS[name]()
    network = abstract_network(graph, machine)
    widths = np.full(len(network.start), radius)
    return graph, machine, cover(network, machine, widths, 6, halvings, Effort(most))


@pytest.mark.parametrize("name", sorted(drifting.NETWORKS))
@pytest.mark.parametrize("radius", [0.2, 0.01])
def test_a_cover_is_a_certificate(name, radius):
    graph, machine, certificate = covered(name, radius)
    proof = check(graph, machine, certificate)
    assert proof is not None
    assert proof.regions == len(certificate) > 1


def test_smaller_boxes_are_more():
    counts = [len(covered("delay2", radius)[2]) for radius in (0.2, 0.002)]
    assert counts[0] < counts[1]


def test_boxes_that_would_have_to_be_smaller_are_no_certificate():
    # A box as wide as this holds both states of the latch, whose outputs differ.
    assert covered("gated", 1.0, halvings=0)[2] is None
    assert covered("gated", 1.0, halvings=3)[2] is not None


def test_a_cover_ends_when_effort_does():
    assert covered("delay2", 0.2, most=0.0)[2] is None
    assert covered("delay2", 0.002, most=1e4)[2] is None


def test_a_network_that_is_wrong_is_not_covered():
    graph, machine = drifting.delay2()
    nodes = [
        drifting.neuron("o", "linear", 0.01, s1=-1.3) if node.name == "o" else node
        for node in graph.nodes
    ]
    network = abstract_network(graph.with_nodes(nodes), machine)
    assert cover(network, machine, np.full(2, 0.1), 6, 4, Effort()) is None
