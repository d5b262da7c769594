"""Keep one of all nodes that compute the same, or the same up to sign.

Every node n is considered together with its mirror image -n (all activations are odd). All are
put in one class at first and split until nothing splits any more: merging upwards from the
leaves would miss mirrored states that feed themselves.
"""

from collections.abc import Hashable

from bonsai_compiler.ir import Graph, Input, Neuron, Node, Output, State, Term

Signed = tuple[str, int]


def merge_equal(graph: Graph) -> Graph:
    """No node reads one of two equal nodes but the upper; mirrored ones are read with a minus."""
    upper = _upper_twins(graph, _classes(graph))

    def merged(node: Node) -> Node:
        match node:
            case Neuron(name, activation, bias, terms):
                return Neuron(name, activation, bias, _collected(terms, upper))
            case State(name, init, following, levels):
                return State(name, init, _unsigned(following, upper), levels)
            case Output(name, source):
                return Output(name, _unsigned(source, upper))
            case _:
                return node

    return graph.with_nodes(map(merged, graph.nodes))


def _collected(terms: tuple[Term, ...], upper: dict[str, Signed]) -> tuple[Term, ...]:
    weights: dict[str, float] = {}
    for term in terms:
        twin, sign = upper[term.source]
        weights[twin] = weights.get(twin, 0.0) + sign * term.weight
    return tuple(Term(weight, source) for source, weight in weights.items() if weight != 0)


def _unsigned(name: str, upper: dict[str, Signed]) -> str:
    twin, sign = upper[name]
    # A state's next and an output cannot read with a minus, so a mirror image stays.
    return twin if sign > 0 else name


def _upper_twins(graph: Graph, classes: dict[Signed, int]) -> dict[str, Signed]:
    twins: dict[str, Signed] = {}
    first: dict[int, Signed] = {}
    for node in graph.nodes:
        if isinstance(node, Output):
            continue
        twins[node.name] = first.get(classes[node.name, 1], (node.name, 1))
        first.setdefault(classes[node.name, 1], (node.name, 1))
        first.setdefault(classes[node.name, -1], (node.name, -1))
    return twins


def _classes(graph: Graph) -> dict[Signed, int]:
    nodes = [node for node in graph.nodes if not isinstance(node, Output)]
    classes = {(node.name, sign): 0 for node in nodes for sign in (1, -1)}
    while True:
        keys = {
            (node.name, sign): (classes[node.name, sign], _signature(node, sign, classes))
            for node in nodes
            for sign in (1, -1)
        }
        numbers: dict[Hashable, int] = {}
        refined = {node: numbers.setdefault(key, len(numbers)) for node, key in keys.items()}
        if len(numbers) == len(set(classes.values())):
            return refined
        classes = refined


def _signature(node: Node, sign: int, classes: dict[Signed, int]) -> Hashable:
    match node:
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
