"""Is a graph well formed? All faults at once, each quoting its line."""

import keyword
import math
from collections import Counter
from collections.abc import Iterator
from difflib import get_close_matches

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.expression import Kind, kind
from bonsai_compiler.ir import Dialect, Graph, Input, Logic, Neuron, Node, Output, State, reads
from bonsai_compiler.logic.integers import reading
from bonsai_compiler.text import dump_node


class MalformedGraphError(BonsaiError):
    """A graph that means nothing; the message lists every fault."""


def verify(graph: Graph, place: str = "") -> None:
    """Raise MalformedGraphError, naming `place`, unless the graph is well formed.

    Well formed: names are distinct; a node reads only what stands above it and a state's `next`
    exists; activations are declared; numbers are finite; levels ascend; each node belongs to
    the graph's dialect; logic does not mix bools and levels; there is an output.
    """
    found = list(faults(graph))
    if found:
        where = f"{place}: " if place else ""
        raise MalformedGraphError(where + "; ".join(found))


def faults(graph: Graph) -> Iterator[str]:
    """Yield every fault of a graph as one clause."""
    nodes = [node for node in graph.nodes if not isinstance(node, Output)]
    known = {node.name for node in nodes}
    above: set[str] = set()
    for name, count in Counter(node.name for node in graph.nodes).items():
        if count > 1:
            yield f"{count} nodes are called '{name}'"
    if not graph.outputs:
        yield "no node is an output"
    yield from _port_faults(graph)
    declared = [name for name, _ in graph.activations]
    if len(set(declared)) != len(declared):
        yield "an activation is declared twice"
    for name, activation in graph.activations:
        if not (math.isfinite(activation.factor) and math.isfinite(activation.leak)):
            yield f"the activation '{name}' needs a finite factor and leak"
    kinds: dict[str, Kind] = {}
    for node in graph.nodes:
        line = f"in '{dump_node(node, graph.dialect)}'"
        if not node.name.isidentifier() or keyword.iskeyword(node.name):
            yield f"{line}: '{node.name}' is no Python identifier"
        try:
            sources = reads(node)
        except ValueError as error:
            yield f"{line}: {error}"
            continue
        for name in sources:
            if name not in known:
                yield f"{line}: there is no '{name}'{_near(name, known)}"
            elif name not in above:
                yield f"{line}: '{name}' stands below; a node reads only what stands above it"
        for clause in _own_faults(node, graph, known):
            yield f"{line}: {clause}"
        if graph.dialect is Dialect.LOGIC:
            yield from (f"{line}: {clause}" for clause in _kind_faults(node, kinds))
        if not isinstance(node, Output):
            above.add(node.name)


def _port_faults(graph: Graph) -> Iterator[str]:
    for name, count in Counter(port.name for port in graph.ports).items():
        if count > 1:
            yield f"{count} ports are called '{name}'"
    found = graph.given.ports + graph.told.ports
    for port in graph.ports:
        if port not in found:
            yield (
                f"in 'port {port}': neither the inputs nor the outputs hold its bits in a row: "
                f"{', '.join(port.bits)}"
            )
    read = {port.name: reading(port, port.bits) for port in graph.given.ports}
    results = {port.name for port in graph.told.ports}
    for node in graph.nodes:
        if node.name in read and node != Logic(node.name, read[node.name]):
            yield (
                f"in '{dump_node(node, graph.dialect)}': '{node.name}' is a port; what is called "
                f"so must be 'logic {node.name} = {read[node.name]}'"
            )
        elif node.name in results and not isinstance(node, Logic):
            yield f"in '{dump_node(node, graph.dialect)}': '{node.name}' is a port of outputs"


def _own_faults(node: Node, graph: Graph, known: set[str]) -> Iterator[str]:
    match node:
        case State(_, init, following, levels):
            if following not in known:
                yield f"there is no '{following}'{_near(following, known)}"
            if not all(map(math.isfinite, (init, *levels))):
                yield "a value is not finite"
            if list(levels) != sorted(set(levels)):
                yield "levels must ascend"
        case Neuron(_, activation, bias, terms):
            names = {name for name, _ in graph.activations} | {"linear"}
            if graph.dialect is Dialect.LOGIC:
                yield "a neuron does not belong in a graph of logic"
            if activation not in names:
                yield f"no activation is called '{activation}'{_near(activation, names)}"
            if not all(map(math.isfinite, (bias, *(term.weight for term in terms)))):
                yield "a weight is not finite"
            if len({term.source for term in terms}) < len(terms):
                yield "an argument is weighted twice; add the two weights"
        case Logic():
            if graph.dialect is Dialect.NEURONS:
                yield "a logic node does not belong in a graph of neurons"
        case Input() | Output():
            return


def _kind_faults(node: Node, kinds: dict[str, Kind]) -> Iterator[str]:
    """Yield what mixes bools and levels in a node of logic, and note which of the two it is."""
    match node:
        case Input(name):
            kinds[name] = bool
        case State(name, init, _, levels):
            kinds[name] = bool if isinstance(init, bool) else int
            if levels != tuple(range(len(levels))) or (not levels) != isinstance(init, bool):
                yield "in logic a state is a bool, or near {0, 1, 2, ...}"
        case Logic(name, expression):
            try:
                kinds[name] = kind(expression, kinds)
            except ValueError as error:
                yield str(error)
                kinds[name] = bool
            except KeyError:
                # It reads what is not above it, which is said already.
                kinds[name] = bool
        case _:
            return


def _near(name: str, known: set[str]) -> str:
    close = get_close_matches(name, sorted(known), 1)
    return f"; did you mean '{close[0]}'?" if close else ""
