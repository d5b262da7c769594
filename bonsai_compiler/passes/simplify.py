"""Tidy a graph of logic: copies, repeats and one-time steps disappear."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from bonsai_compiler.ir.expression import (
    Constant,
    Expression,
    Name,
    arguments,
    names_read,
    substituted,
)
from bonsai_compiler.ir.graph import Dialect, Graph, Logic, Node, Output, State
from bonsai_compiler.ir.integers import input_readings
from bonsai_compiler.ir.kinds import Kind
from bonsai_compiler.ir.liveness import live_part
from bonsai_compiler.ir.values import Domains, are_among, values_taken
from bonsai_compiler.logic.domains import value_domains
from bonsai_compiler.passes.base import Pass

LONGEST = 14
"""The reading cost (`Expression.cost`) beyond which a step keeps its own line."""


@dataclass(frozen=True, slots=True)
class Simplify(Pass):
    """No logic node is a copy, a constant or a repeat; one read once stands in its reader.

    A node read once keeps its own line where its reader would grow beyond LONGEST, or where it
    reads an integer from its bits.
    """

    exact: ClassVar[bool] = True
    takes: ClassVar[Dialect | None] = Dialect.LOGIC

    def apply(self, graph: Graph) -> Graph:
        while True:
            simpler = live_part(_embedded(_without_copies(graph)))
            if simpler == graph:
                return graph
            graph = simpler


def _without_copies(graph: Graph) -> Graph:
    """Replace names that stand for another name or a constant, or repeat an expression above."""
    meaning: dict[str, Expression] = {}
    first: dict[Expression, Expression] = {}

    def name_of(source: str) -> str:
        meant = meaning.get(source)
        return meant.name if isinstance(meant, Name) else source

    nodes: list[Node] = []
    for node in graph.nodes:
        if isinstance(node, Logic):
            expression = substituted(node.expression, meaning)
            bit = isinstance(expression, Constant) and expression.kind is Kind.BIT
            if bit or isinstance(expression, Name):
                meaning[node.name] = expression
            elif expression in first:
                meaning[node.name] = first[expression]
            else:
                first[expression] = Name(node.name)
            nodes.append(Logic(node.name, expression))
        else:
            nodes.append(node)
    return graph.with_nodes(_redirected(node, name_of) for node in nodes)


def _redirected(node: Node, name_of: Callable[[str], str]) -> Node:
    match node:
        case State(name, init, following, levels):
            return State(name, init, name_of(following), levels)
        case Output(name, source):
            return Output(name, name_of(source))
        case _:
            return node


def _embedded(graph: Graph) -> Graph:
    """Put expressions that are read once into their reader, as long as that stays readable."""
    expressions = {node.name: node.expression for node in graph.logic}
    readings = input_readings(graph)
    domains = value_domains(graph)
    ends = {state.next for state in graph.states} | {output.source for output in graph.outputs}
    for name in list(expressions):
        readers = [reader for reader, own in expressions.items() if name in arguments(own)]
        if name in ends or len(readers) != 1 or expressions[name] in readings:
            continue
        reader = readers[0]
        if list(names_read(expressions[reader])).count(name) > 1:
            continue
        joined = substituted(expressions[reader], {name: expressions[name]})
        if joined.cost <= LONGEST and _is_as_narrow(joined, reader, domains):
            expressions[reader] = joined
    return graph.with_nodes(
        Logic(node.name, expressions[node.name]) if isinstance(node, Logic) else node
        for node in graph.nodes
    )


def _is_as_narrow(expression: Expression, name: str, domains: Domains) -> bool:
    """Return whether an expression for `name` can be seen to take no other values than before.

    Of an expression that reads too much only bounds are known, and a reader's table needs more.
    """
    try:
        return are_among(values_taken(expression, domains), domains[name])
    except ValueError:
        return False
