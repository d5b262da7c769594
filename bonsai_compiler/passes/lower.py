"""Lower neurons to logic: bools, and small integers where there are more than two levels."""

from collections.abc import Iterable

import networkx as nx
import numpy as np

from bonsai_compiler.expression import parse
from bonsai_compiler.interp import Bools, Floats
from bonsai_compiler.ir import Dialect, Graph, Input, Logic, Neuron, Node, Output, State, reads
from bonsai_compiler.logic.levels import Labels, Levels, observe
from bonsai_compiler.logic.rewriting import cost
from bonsai_compiler.logic.synthesis import synthesise


def lower(graph: Graph, states: Floats, bits: Bools) -> Graph:
    """Every neuron is an expression over bools and small integers.

    `states` (n, states) and `bits` (n, inputs) are all situations that can occur; what the graph
    does in any other is left open. A neuron that feeds a state or an output is written over
    states and inputs alone where that is no longer than the neurons in between.

    Raises TooDeepError where an expression comes out that nobody could read.
    """
    levels = observe(graph, states, bits)
    local = {
        node.name: _expression(reads(node), levels.labels[node.name], node.name, levels)
        for node in graph.neurons
    }
    expressions = {**local, **_direct(graph, levels, local)}
    for text in expressions.values():
        parse(text)  # here the pass can still be left out; in verify it would end the run
    nodes: list[Node] = []
    endings: list[Node] = []
    for node in graph.nodes:
        match node:
            case Input():
                nodes.append(node)
            case Neuron(name):
                nodes.append(Logic(name, expressions[name]))
            case State(name, _, following):
                count, init = levels.count(name), levels.initial[name]
                source, extra = _adapted(following, levels.following[name], count, levels, name)
                endings += extra
                multi = count > 2
                ladder = tuple(range(count)) if multi else ()
                nodes.append(State(name, init if multi else bool(init), source, ladder))
            case Output(name, source):
                truth = levels.labels[name]
                source, extra = _adapted(source, truth, 2, levels, name)
                endings += [*extra, Output(name, source)]
            case Logic():
                raise AssertionError("a graph of neurons holds no logic")
    # Outputs last, as everywhere; what adapts levels reads neurons, so it stands below them.
    adapters = [node for node in endings if isinstance(node, Logic)]
    outputs = [node for node in endings if isinstance(node, Output)]
    return Graph(graph.name, (*nodes, *adapters, *outputs), dialect=Dialect.LOGIC)


def _expression(
    sources: Iterable[str], result: Labels, name: str, levels: Levels, count: int | None = None
) -> str:
    arguments = tuple((source, levels.count(source)) for source in sources)
    columns = [levels.labels[source] for source, _ in arguments]
    rows = zip(*(column.tolist() for column in columns), strict=True) if columns else None
    keys = rows if rows is not None else ((),) * len(result)
    table = dict(zip(keys, result.tolist(), strict=True))
    return synthesise(arguments, table, levels.count(name) if count is None else count)


def _adapted(
    source: str, wanted: Labels, count: int, levels: Levels, name: str
) -> tuple[str, list[Node]]:
    """Return where to read the level `wanted`: the source, or a node that translates its levels."""
    same = levels.count(source) == count and np.array_equal(levels.labels[source], wanted)
    if same and count > 1:
        return source, []
    adapter = f"{name}_from_{source}"
    return adapter, [Logic(adapter, _expression((source,), wanted, name, levels, count))]


def _direct(graph: Graph, levels: Levels, local: dict[str, str]) -> dict[str, str]:
    """Return expressions over states and inputs for neurons that end a tick, where no longer."""
    sources = [node.name for node in graph.nodes if isinstance(node, State | Input)]
    varying = [name for name in sources if levels.count(name) > 1]
    if len(varying) > 8:
        return {}
    edges = nx.DiGraph()
    edges.add_nodes_from(node.name for node in graph.nodes)
    edges.add_edges_from((source, node.name) for node in graph.neurons for source in reads(node))
    ends = {state.next for state in graph.states} | {output.source for output in graph.outputs}
    shorter = {}
    for name in sorted(ends & local.keys()):
        cone = nx.ancestors(edges, name) & local.keys() | {name}
        if len(cone) > 1:
            direct = _expression(varying, levels.labels[name], name, levels)
            if cost(direct) <= sum(cost(local[part]) for part in cone):
                shorter[name] = direct
    return shorter
