"""Is a graph well formed? All faults at once, each quoting its line."""

import keyword
import math
import unicodedata
from collections import Counter
from collections.abc import Iterator
from difflib import get_close_matches

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.graph import (
    Dialect,
    Graph,
    Input,
    Logic,
    Neuron,
    Node,
    Output,
    Product,
    State,
    reads,
)
from bonsai_compiler.ir.integers import reading
from bonsai_compiler.ir.kinds import Kind, kind_of_value
from bonsai_compiler.ir.text import dump_node, number
from bonsai_compiler.ir.values import TRUTH, Domains, is_truth, values_taken


class MalformedGraphError(BonsaiError):
    """A graph that means nothing; the message lists every fault."""


def verify(graph: Graph, place: str = "") -> None:
    """Raise MalformedGraphError, naming `place`, unless the graph is well formed.

    Well formed: names are distinct; a node reads only what stands above it and a state's `next`
    exists; activations are declared; numbers are finite; levels ascend; each node belongs to
    the graph's dialect; logic does not mix bools and levels, starts at a level, looks only where a
    table has entries, and does not grow beyond what a double holds; there is an output.
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
        yield from (f"in 'activation {name}': {clause}" for clause in _name_faults(name))
        if not (math.isfinite(activation.factor) and math.isfinite(activation.leak)):
            yield f"the activation '{name}' needs a finite factor and leak"
    for node in graph.nodes:
        line = f"in '{dump_node(node, graph.dialect)}'"
        yield from (f"{line}: {clause}" for clause in _name_faults(node.name))
        for name in reads(node):
            if name not in known:
                yield f"{line}: there is no '{name}'{_near(name, known)}"
            elif name not in above:
                yield f"{line}: '{name}' stands below; a node reads only what stands above it"
        for clause in _own_faults(node, graph, known):
            yield f"{line}: {clause}"
        if not isinstance(node, Output):
            above.add(node.name)
    if graph.dialect is Dialect.LOGIC:
        yield from _logic_faults(graph)


def _name_faults(name: str) -> Iterator[str]:
    folded = unicodedata.normalize("NFKC", name)
    if not name.isidentifier():
        yield f"'{name}' is no Python identifier"
    elif keyword.iskeyword(name):
        yield f"'{name}' is a keyword of Python"
    elif folded != name:
        yield f"Python itself spells '{name}' otherwise (NFKC); call it '{folded}'"


def _port_faults(graph: Graph) -> Iterator[str]:
    for name, count in Counter(port.name for port in graph.ports).items():
        if count > 1:
            yield f"{count} ports are called '{name}'"
    found = graph.input_signals.ports + graph.output_signals.ports
    for port in graph.ports:
        if port not in found:
            yield (
                f"in 'port {port}': neither the inputs nor the outputs hold its bits in a row: "
                f"{', '.join(port.bits)}"
            )
    read = {port.name: reading(port, port.bits) for port in graph.input_signals.ports}
    results = {port.name for port in graph.output_signals.ports}
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
        case Product():
            if graph.dialect is Dialect.LOGIC:
                yield "a product does not belong in a graph of logic"
        case Logic():
            if graph.dialect is Dialect.NEURONS:
                yield "a logic node does not belong in a graph of neurons"
        case Input() | Output():
            return


def _logic_faults(graph: Graph) -> Iterator[str]:
    """Yield what logic mixes up, and where it leaves its levels, its tables or its numbers."""
    domains: Domains = {}

    def clauses(node: Node) -> Iterator[str]:
        match node:
            case Input(name):
                domains[name] = TRUTH
            case State(name, init, _, levels):
                ladder = tuple(range(len(levels)))
                domains[name] = ladder or TRUTH
                whole = all(kind_of_value(value) is Kind.LEVEL for value in levels)
                if levels != ladder or not whole or (not levels) != (node.kind is Kind.BIT):
                    yield "in logic a state is a bool, or near {0, 1, 2, ...}"
                elif levels and (node.kind is not Kind.LEVEL or init not in levels):
                    yield f"it starts at {number(init)}, which is none of its levels"
            case Logic(name, expression):
                domains[name] = TRUTH
                try:
                    domains[name] = values_taken(expression, domains)
                except ValueError as error:
                    yield str(error)
                except KeyError:
                    return  # It reads what is not above it, which is said already.
            case _:
                return

    for node in graph.nodes:
        yield from (f"in '{dump_node(node, graph.dialect)}': {clause}" for clause in clauses(node))
    for state in graph.states:
        if not state.levels and not is_truth(state.next, {state.next: TRUTH, **domains}):
            yield (
                f"in '{dump_node(state, graph.dialect)}': '{state.name}' is a bool, but "
                f"'{state.next}' is a number; ask something of it, such as {state.next} > 0"
            )


def _near(name: str, known: set[str]) -> str:
    close = get_close_matches(name, sorted(known), 1)
    return f"; did you mean '{close[0]}'?" if close else ""
