"""Resubstitution: what several nodes decide is told by another node alone.

A neuron whose sign alone matters may read any node by whose value that sign can be told, in place
of all that it reads. An activation that changes its sign more than once tells more than what lies
above a threshold: the article's is negative from 0 to 2 and below -2.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from bonsai_compiler.ir.activation import Activation
from bonsai_compiler.ir.graph import Graph, Neuron, Node, Term, reads
from bonsai_compiler.ir.interpreter import Bools, Floats
from bonsai_compiler.ir.liveness import live_part
from bonsai_compiler.oracle.oracle import Oracle, reachable_set
from bonsai_compiler.passes.base import Pass, counted
from bonsai_compiler.passes.ordering import downwards
from bonsai_compiler.system.deadline import NEVER, Deadline

ROOTS = {"ameo": (-2.0, 0.0, 2.0)}
"""Where activations change their sign; others do so at 0, if anywhere."""


@dataclass(frozen=True, slots=True)
class Source:
    """What a neuron reads: `weight * name + bias`."""

    name: str
    weight: float
    bias: float


@dataclass(frozen=True, slots=True)
class Resubstitute(Pass):
    """Each neuron in `sources` reads one node alone."""

    exact: ClassVar[bool] = True
    typed: ClassVar[bool] = False

    sources: Mapping[str, Source] | None = None

    @classmethod
    def search(cls, graph: Graph, oracle: Oracle, deadline: Deadline) -> Self:
        """Return for neurons of several terms a node that tells their sign."""
        return cls(find_sources(graph, oracle, deadline))

    def apply(self, graph: Graph) -> Graph:
        given = self.sources or {}

        def told(node: Node) -> Node:
            if not isinstance(node, Neuron) or node.name not in given:
                return node
            source = given[node.name]
            terms = (Term(source.weight, source.name),)
            return Neuron(node.name, node.activation, source.bias, terms)

        nodes = [told(node) for node in graph.nodes]
        return graph.with_nodes(downwards(nodes))

    def chosen(self) -> str:
        return "" if self.sources is None else counted(self.sources, "neuron")


def find_sources(graph: Graph, oracle: Oracle, deadline: Deadline = NEVER) -> dict[str, Source]:
    """Return what neurons of several terms can read instead so that nothing changes."""
    graph = live_part(graph)
    found: dict[str, Source] = {}
    reached = reachable_set(graph, oracle)
    if reached is None:
        return found
    for neuron in _signs(graph):
        truth = reached.columns[neuron.name] > 0
        activation = graph.activation_of[neuron.activation]
        # What has other values now, and what is read for its values now, is as it is.
        left = reached.columns.keys() - found.keys() - {neuron.name}
        if deadline.passed or any(source.name == neuron.name for source in found.values()):
            continue
        for name in (name for name in reached.columns if name in left):
            told = sign_told(activation, reached.columns[name], truth)
            if told is None:
                continue
            more = {**found, neuron.name: Source(name, *told)}
            if reached.kept_by(Resubstitute(more).apply(graph)):
                found = more
                break
    return found


def _signs(graph: Graph) -> list[Neuron]:
    """Return the neurons of several terms of which nothing but the sign is read."""
    read = {source for node in graph.computed for source in reads(node)}
    read |= {
        state.next
        for state in graph.states
        if len(state.levels) != 2 or state.levels[0] != -state.levels[1]
    }
    return [node for node in graph.neurons if len(node.terms) > 1 and node.name not in read]


def sign_told(activation: Activation, column: Floats, truth: Bools) -> tuple[float, float] | None:
    """Return weight and bias with which an activation is above 0 where it should; None if none.

    Column and truth are (n,). As few changes of sign are used as there are.
    """
    values, first = np.unique(column, return_index=True)
    signs = truth[first]
    if not np.isfinite(values).all() or (signs[np.searchsorted(values, column)] != truth).any():
        return None
    ends = np.flatnonzero(signs[1:] != signs[:-1])
    for weight, bias in _maps(activation, values, (values[ends], values[ends + 1])):
        if ((activation(weight * values + bias) > 0) == signs).all():
            return weight, bias
    return None


def _maps(
    activation: Activation, values: Floats, gaps: tuple[Floats, Floats]
) -> Iterator[tuple[float, float]]:
    """Yield maps that put the gaps, lower and upper ends, over roots of the activation."""
    low, high = gaps
    roots = ROOTS.get(activation.kind, (0.0,))
    middles = low / 2 + high / 2
    many = len(middles)
    if not 0 < many <= len(roots):
        return
    if many == 1:
        width = max(1.0, float(np.abs(values - middles[0]).max()))
        yield from ((sign / width, -sign * float(middles[0]) / width) for sign in (1.0, -1.0))
        return
    for start in range(len(roots) - many + 1):
        part = np.array(roots[start : start + many])
        for over in (part, part[::-1]):
            weight = float(over[-1] - over[0]) / float(middles[-1] - middles[0])
            yield weight, float(over.mean() - weight * middles.mean())
