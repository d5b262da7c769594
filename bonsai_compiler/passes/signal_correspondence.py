"""Signal correspondence: keep one of all nodes that are equal, or equal up to sign.

Every node n is considered together with its mirror image -n (most activations are odd). All are
put in one class at first and split until nothing splits any more: merging upwards from the
leaves would miss mirrored states that feed themselves.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import ClassVar

from bonsai_compiler.ir.activation import Activation
from bonsai_compiler.ir.graph import Graph, Input, Neuron, Node, Output, Product, State, Term
from bonsai_compiler.passes.base import Pass

Signed = tuple[str, int]
Representatives = dict[str, Signed]


@dataclass(frozen=True, slots=True)
class MergeCorresponding(Pass):
    """No node reads one of two equal nodes but the upper; mirrored ones are read with a minus.

    Only neurons can read with a minus, so for all else a mirror image stays.
    """

    name: ClassVar[str] = "merge_equal"
    exact: ClassVar[bool] = True

    def apply(self, graph: Graph) -> Graph:
        representatives, equals = _representatives(graph, _classes(graph))

        def merged(node: Node) -> Node:
            match node:
                case Neuron(name, activation, bias, terms):
                    return Neuron(name, activation, bias, _collected(terms, representatives))
                case Product(name, left, right):
                    return Product(name, equals[left], equals[right])
                case State(name, init, following, levels):
                    return State(name, init, equals[following], levels)
                case Output(name, source):
                    return Output(name, equals[source])
                case _:
                    return node

        return graph.with_nodes(map(merged, graph.nodes))


def _collected(terms: tuple[Term, ...], representatives: Representatives) -> tuple[Term, ...]:
    weights: dict[str, float] = {}
    for term in terms:
        source, sign = representatives[term.source]
        weights[source] = weights.get(source, 0.0) + sign * term.weight
    return tuple(Term(weight, source) for source, weight in weights.items() if weight != 0)


def _representatives(
    graph: Graph, classes: dict[Signed, int]
) -> tuple[Representatives, dict[str, str]]:
    """Return for each node the first equal or mirrored one, and the first that is equal."""
    representatives: Representatives = {}
    equals: dict[str, str] = {}
    first: dict[int, Signed] = {}
    first_equal: dict[int, str] = {}
    for node in graph.nodes:
        if isinstance(node, Output):
            continue
        own = classes[node.name, 1]
        equals[node.name] = first_equal.setdefault(own, node.name)
        representatives[node.name] = first.setdefault(own, (node.name, 1))
        first.setdefault(classes[node.name, -1], (node.name, -1))
    return representatives, equals


def _classes(graph: Graph) -> dict[Signed, int]:
    nodes = [node for node in graph.nodes if not isinstance(node, Output)]
    activations = graph.activation_of
    classes = {(node.name, sign): 0 for node in nodes for sign in (1, -1)}
    while True:
        keys = {
            (node.name, sign): (
                classes[node.name, sign],
                _signature(node, sign, classes, activations),
            )
            for node in nodes
            for sign in (1, -1)
        }
        numbers: dict[Hashable, int] = {}
        refined = {node: numbers.setdefault(key, len(numbers)) for node, key in keys.items()}
        if len(numbers) == len(set(classes.values())):
            return refined
        classes = refined


def _signature(
    node: Node, sign: int, classes: dict[Signed, int], activations: dict[str, Activation]
) -> Hashable:
    match node:
        case Neuron(_, activation) if sign < 0 and not activations[activation].odd:
            # Its mirror image is that of an equal neuron, and no neuron.
            return "mirrored", _signature(node, 1, classes, activations)
        case Product(_, left, right):
            factors = []
            for name in (left, right):
                own, mirrored = classes[name, 1], classes[name, -1]
                # A factor that may equal its own mirror image is 0, and so is the product.
                sign *= (own < mirrored) - (own > mirrored)
                factors.append(min(own, mirrored))
            return "product", sign, *sorted(factors)
        case Input(name):
            return "input", name, sign
        case State(_, init, following, levels):
            # Half-way between two levels the lower one is taken, which no mirror image does.
            side = sign if levels else 0
            return "state", sign * init + 0.0, side, levels, classes[following, sign]
        case Neuron(_, activation, bias, terms):
            weights: dict[tuple[int, int], float] = {}
            for term in terms:
                own, mirrored = classes[term.source, sign], classes[term.source, -sign]
                # A node that may equal its own mirror image is 0, and so adds nothing.
                if own != mirrored:
                    pair = min(own, mirrored), max(own, mirrored)
                    step = term.weight if own < mirrored else -term.weight
                    weights[pair] = weights.get(pair, 0.0) + step
            summed = frozenset(item for item in weights.items() if item[1] != 0)
            return "neuron", activation, sign * bias + 0.0, summed
        case _:
            return "other", node.name, sign
