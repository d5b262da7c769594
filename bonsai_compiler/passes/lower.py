"""Lower neurons to logic: bools, and small integers where there are more than two levels."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from bonsai_compiler.ir.expression import Expression, Name, UnreadableError, readable, shifted
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
from bonsai_compiler.ir.integers import conditions
from bonsai_compiler.ir.interpreter import Bools, Floats
from bonsai_compiler.ir.liveness import cone, live_part
from bonsai_compiler.logic.levels import Labels
from bonsai_compiler.logic.synthesis import PATIENCE, LoweringContext
from bonsai_compiler.oracle.oracle import Oracle
from bonsai_compiler.passes.base import Pass
from bonsai_compiler.system.deadline import Deadline

Reading = Mapping[str, tuple[str, ...]]
"""What each neuron reads within a tick."""

MOST_VARYING = 8
"""Over how many states and inputs a node is written directly."""

MOST_NEURONS = 8
"""Of more neurons, those in between are not written: that took three times as long, for as much to
read."""

IMPATIENT = 200
"""How patiently the tables of so large a graph are written, beside `synthesis.PATIENCE`."""

MOST_LEVELS = 64
"""How many levels a state may have: one that adds up real numbers is better left as it is."""


@dataclass(frozen=True, slots=True, eq=False)
class Lower(Pass):
    """Every neuron and product is an expression over bools and small integers.

    `states` (n, states) and `bits` (n, inputs) are all reachable pairs; what the graph
    does for any other is left open. A neuron that feeds a state or an output is written over
    states and inputs alone where that is no longer than the neurons in between, or these are more
    than MOST_NEURONS. What such a neuron alone told apart in those in between is told apart no
    more. Instead of the bits of a port its integer is read, and outputs that make up an integer are
    written as one where that is no longer than all of them.
    """

    exact: ClassVar[bool] = True
    gives: ClassVar[Dialect | None] = Dialect.LOGIC
    typed: ClassVar[bool] = False

    states: Floats
    bits: Bools

    @classmethod
    def search(cls, graph: Graph, oracle: Oracle, deadline: Deadline) -> Self | None:
        """Return the lowering over all reachable pairs, or None where these have no end."""
        found = oracle.explore(graph)
        if not found.closed or found.failing is not None:
            return None
        pairs = oracle.reachable_pairs(graph, found)
        return cls(pairs.states, pairs.bits)

    def apply(self, graph: Graph) -> Graph:
        """Return the graph as logic.

        Raises UnreadableError where an expression comes out that nobody could read, or a state has
        more than MOST_LEVELS levels.
        """
        return _lowered(graph, self.states, self.bits)

    def neuron_by_neuron(self, graph: Graph) -> Graph:
        """Return the graph as logic in which each neuron is written over what it reads itself.

        Raises UnreadableError as `apply` does.
        """
        return _lowered(graph, self.states, self.bits, faithful=True)


def _lowered(graph: Graph, states: Floats, bits: Bools, *, faithful: bool = False) -> Graph:
    large = len(graph.computed) > MOST_NEURONS and not faithful
    short_cut = _short_cut(graph, _ends(graph), {}) if large else None
    context = _context(graph, states, bits, short_cut)
    reading = {node.name: reads(node) for node in graph.computed}
    if large:
        direct = _straight(context, _ends(graph), IMPATIENT)
        return _assembled(graph, context, {}, direct, _integers(graph, context, {}, direct, {}))
    local = _own(context, reading)
    if faithful:
        return _assembled(graph, context, local, {}, {})
    direct = _direct(graph, context, local, reading)
    integers = _integers(graph, context, local, direct, reading)
    lowered = _assembled(graph, context, local, direct, integers)

    # What is written directly no longer tells levels apart of the neurons that it read.
    short_cut = _short_cut(graph, direct.keys(), reading)
    again = _context(graph, states, bits, short_cut)
    if all(again.levels.count(name) == context.levels.count(name) for name in short_cut):
        return lowered
    reading = {name: reading[name] for name in short_cut if name in reading}
    direct = _straight(again, direct.keys())
    local = _own(again, {name: reading[name] for name in reading if name not in direct})
    integers = _integers(graph, again, local, direct, reading)
    return min(lowered, _assembled(graph, again, local, direct, integers), key=_cost)


def _context(
    graph: Graph, states: Floats, bits: Bools, arguments: Reading | None
) -> LoweringContext:
    context = LoweringContext(graph, states, bits, arguments)
    for state in graph.states:
        count = context.levels.count(state.name)
        if count > MOST_LEVELS:
            raise UnreadableError(f"{state.name} has {count} levels")
    return context


def _own(context: LoweringContext, reading: Reading) -> dict[str, Expression]:
    """Return each neuron over what it reads itself."""
    levels = context.levels
    return {
        name: context.expression(sources, levels.labels[name], levels.count(name))
        for name, sources in reading.items()
    }


def _straight(
    context: LoweringContext, names: Iterable[str], patience: int = PATIENCE
) -> dict[str, Expression]:
    """Return neurons over states and inputs."""
    levels = context.levels
    return {
        name: context.expression(context.varying, levels.labels[name], levels.count(name), patience)
        for name in sorted(names)
    }


def _cost(graph: Graph) -> int:
    """Return what it costs to read what the states and outputs of a graph of logic need."""
    return sum(node.expression.cost for node in live_part(graph).logic)


def _assembled(
    graph: Graph,
    context: LoweringContext,
    local: Mapping[str, Expression],
    direct: Mapping[str, Expression],
    integers: Mapping[str, Expression],
) -> Graph:
    """Return the graph with its neurons written so, and what adapts levels to states and outputs.

    Neurons that are written in no way are left out.
    """
    levels, expressions = context.levels, {**local, **direct}
    told = {
        bit: (port, condition)
        for port in graph.output_signals.ports
        if port.name in integers
        for bit, condition in zip(port.bits, conditions(port, Name(port.name)), strict=True)
    }
    nodes: list[Node] = []
    endings: list[Node] = []
    for node in graph.nodes:
        match node:
            case Input(name):
                reader = context.reader(name)
                nodes += [node] if reader is None else [node, reader]
            case Neuron(name) | Product(name) if name in expressions:
                nodes.append(Logic(name, expressions[name]))
            case Neuron() | Product():
                pass
            case State(name, _, following):
                count, init = levels.count(name), levels.initial[name]
                source, extra = _adapted(following, levels.following[name], count, context, name)
                endings += extra
                multi = count > 2
                ladder = tuple(range(count)) if multi else ()
                nodes.append(State(name, init if multi else bool(init), source, ladder))
            case Output(name) if name in told:
                port, condition = told[name]
                if name == port.bits[0]:
                    endings.append(Logic(port.name, integers[port.name]))
                adapter = f"{name}_from_{port.name}"
                endings += [Logic(adapter, condition), Output(name, adapter)]
            case Output(name, source):
                truth = levels.labels[name]
                source, extra = _adapted(source, truth, 2, context, name)
                endings += [*extra, Output(name, source)]
            case Logic():
                raise AssertionError("a graph of neurons holds no logic")
    # Outputs last, as everywhere; what adapts levels reads neurons, so it stands below them.
    adapters = [node for node in endings if isinstance(node, Logic)]
    outputs = [node for node in endings if isinstance(node, Output)]
    lowered = replace(graph, activations=(), dialect=Dialect.LOGIC)
    return lowered.with_nodes((*nodes, *adapters, *outputs))


def _adapted(
    source: str, wanted: Labels, count: int, context: LoweringContext, name: str
) -> tuple[str, list[Node]]:
    """Return where to read the level `wanted`: the source, or a node that translates its levels."""
    levels = context.levels
    same = levels.count(source) == count and np.array_equal(levels.labels[source], wanted)
    if same and count > 1:
        return source, []
    adapter = f"{name}_from_{source}"
    return adapter, [Logic(adapter, context.expression((source,), wanted, count))]


def _direct(
    graph: Graph, context: LoweringContext, local: Mapping[str, Expression], reading: Reading
) -> dict[str, Expression]:
    """Return expressions over states and inputs for neurons that end a tick, where no longer."""
    if len(context.varying) > MOST_VARYING:
        return {}
    levels = context.levels
    shorter: dict[str, Expression] = {}
    for name in sorted(_ends(graph) & local.keys()):
        inner = cone((name,), reading) & local.keys()
        if len(inner) > 1:
            direct = context.expression(context.varying, levels.labels[name], levels.count(name))
            if direct.cost <= sum(local[part].cost for part in inner):
                shorter[name] = direct
    return shorter


def _ends(graph: Graph) -> set[str]:
    """Return the names of the neurons that states and outputs read."""
    read = {state.next for state in graph.states} | {output.source for output in graph.outputs}
    return read & {node.name for node in graph.computed}


def _short_cut(
    graph: Graph, direct: Collection[str], reading: Reading
) -> dict[str, tuple[str, ...]]:
    """Return over what nodes are written: those of `direct` over states and inputs alone.

    Neurons that are needed by nothing then are left out.
    """
    sources = tuple(node.name for node in graph.nodes if isinstance(node, State | Input))
    written = {**reading, **dict.fromkeys(sorted(direct), sources)}
    needed = cone(_ends(graph), written)
    return (
        dict.fromkeys(sources, ())
        | {name: over for name, over in written.items() if name in needed}
        | {output.name: (output.source,) for output in graph.outputs}
    )


def _integers(
    graph: Graph,
    context: LoweringContext,
    local: Mapping[str, Expression],
    direct: Mapping[str, Expression],
    reading: Reading,
) -> dict[str, Expression]:
    """Return expressions over states and inputs for ports of outputs, where no longer."""
    shorter: dict[str, Expression] = {}
    sources = {output.name: output.source for output in graph.outputs}
    for port in graph.output_signals.ports:
        if len(port.values) == 2 or len(context.varying) > MOST_VARYING:
            continue
        columns = [context.levels.labels[bit].astype(bool) for bit in port.bits]
        steps = port.steps(np.stack(columns, axis=1))
        if (steps < 0).any():  # bits that mean no value are written as they are
            continue
        whole = context.expression(context.varying, steps, len(port.values))
        ends = {sources[bit] for bit in port.bits}
        inner = cone(ends - direct.keys(), reading) & local.keys()
        parts = sum(local[part].cost for part in inner)
        if whole.cost <= parts + sum(direct[name].cost for name in ends & direct.keys()):
            shorter[port.name] = readable(shifted(whole, port.low))
    return shorter
