"""The equations of a graph of logic: multi-level, common parts named, as short as is found.

Where all that is read are bits, each equation is written anew from a table: over states and inputs,
and over what was written before it where that is shorter. Situations that never occur may come out
as is convenient.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bonsai_compiler.ir.expression import (
    Constant,
    Expression,
    Name,
    UnreadableError,
    arguments,
    differ,
)
from bonsai_compiler.ir.graph import Graph, State
from bonsai_compiler.ir.integers import input_readings
from bonsai_compiler.ir.interpreter import (
    Values,
    evaluate,
    evaluate_nodes,
    initial_states,
    next_states,
)
from bonsai_compiler.ir.kinds import Kind
from bonsai_compiler.ir.names import Fresh
from bonsai_compiler.ir.values import Domains, is_truth, kind_of
from bonsai_compiler.logic.boolean import proposition
from bonsai_compiler.logic.domains import next_expression, output_expression, value_domains
from bonsai_compiler.logic.propositions import with_parts
from bonsai_compiler.logic.synthesis import synthesise

MOST_SITUATIONS = 2**12
"""Beyond so many choices of states and inputs, equations are not written anew."""

MOST_BITS = 10
"""Over how many bits an equation is written anew."""

MOST_BEFORE = 6
"""How many of the equations written before are tried in each."""

SHORT = 5
"""What is no longer to read stays as it is."""

LONG = 64
"""What has more literals over states and inputs alone is written in no other way: it stays long,
and each way takes seconds."""

PATIENCE = 150
"""How patiently tables are written, beside `synthesis.PATIENCE`."""

Row = tuple[str, Expression]
Column = npt.NDArray[np.bool_]


def equations(graph: Graph) -> list[tuple[str, str]]:
    """Return names and what they are, in an order in which each can be computed.

    A bit is a proposition of `~`, `&`, `|` and `^`, with comparisons of small integers in square
    brackets; an integer is an expression in square brackets. `s'` is the next value of `s`.
    """
    domains = value_domains(graph)
    rows = _written_anew(graph, domains) or _as_they_stand(graph, domains)
    formulas = [
        (name, proposition(own, domains)) for name, own in rows if kind_of(own, domains) is Kind.BIT
    ]
    fresh = Fresh({node.name for node in graph.nodes} | {port.name for port in graph.ports})
    shortened = {
        name: (parts, whole) for name, parts, whole in with_parts(formulas, lambda: fresh("part"))
    }
    told: list[tuple[str, str]] = []
    for name, own in rows:
        if name in shortened:
            parts, whole = shortened[name]
            told += [(part, str(inner)) for part, inner in parts]
            told.append((name, str(whole)))
        else:
            told.append((name, f"[{own}]"))
    return told


def _as_they_stand(graph: Graph, domains: Domains) -> list[Row]:
    """Return an equation for each node that is read, each next state and each output."""
    expressions = {node.name: node.expression for node in graph.logic}
    read = {name for own in expressions.values() for name in arguments(own)}
    ends = {state.next for state in graph.states} | {node.source for node in graph.outputs}
    readings = input_readings(graph)
    rows: list[Row] = []
    for name, own in expressions.items():
        port = readings.get(own)
        reads_port = port is not None and port.name == name
        if not reads_port and (name in read or name not in ends):
            rows.append((name, own))

    def meant(source: str) -> Expression:
        return Name(source) if source in read else expressions.get(source, Name(source))

    for state in graph.states:
        shown = next_expression(state, meant(state.next), domains)
        rows.append((f"{state.name}'", _shorter(graph, state, shown)))
    for output in graph.outputs:
        rows.append((output.name, output_expression(meant(output.source), domains)))
    return rows


def _shorter(graph: Graph, state: State, shown: Expression) -> Expression:
    """Return the next value of a state of several levels from a table, if that is less to read."""
    counts = {node.name: len(node.levels) or 2 for node in graph.states}
    counts |= {node.name: 2 for node in graph.inputs}
    read = arguments(shown)
    uneven = [node for node in graph.states if node.levels != tuple(range(len(node.levels)))]
    if not state.levels or uneven or not read or not counts.keys() >= set(read):
        return shown
    met = _situations(graph)
    if met is None:
        return shown
    columns = [met.values[name].astype(int).tolist() for name in read]
    following = met.following[state.name].astype(int).tolist()
    table = dict(zip(zip(*columns, strict=True), following, strict=True))
    names = tuple((name, counts[name]) for name in read)
    try:
        found = synthesise(names, table, len(state.levels), PATIENCE)
    except UnreadableError:
        return shown
    return found if found.cost < shown.cost else shown


@dataclass(frozen=True, slots=True, eq=False)
class _Situations:
    """All that can occur: the value of each node, and of each state on the next tick."""

    values: dict[str, Values]
    following: dict[str, Values]


def _situations(graph: Graph) -> _Situations | None:
    """Return what occurs from the start, whatever comes; None where that is too much."""
    letters = graph.input_signals.alphabet
    known = frontier = initial_states(graph)
    while len(frontier):
        if len(known) * len(letters) > MOST_SITUATIONS:
            return None
        reached = next_states(graph, *_values(graph, frontier))
        both = np.concatenate([known, np.unique(reached, axis=0)])
        _, first = np.unique(both, axis=0, return_index=True)
        frontier = both[np.sort(first[first >= len(known)])]
        known = np.concatenate([known, frontier])
    values, count = _values(graph, known)
    names = [state.name for state in graph.states]
    following = next_states(graph, values, count).T
    return _Situations(values, dict(zip(names, following, strict=True)))


def _values(graph: Graph, states: npt.NDArray[np.float64]) -> tuple[dict[str, Values], int]:
    letters = graph.input_signals.alphabet
    count = len(states) * len(letters)
    whole = np.repeat(states, len(letters), axis=0), np.tile(letters, (len(states), 1))
    return evaluate_nodes(graph, *whole), count


def _written_anew(graph: Graph, domains: Domains) -> list[Row]:
    """Return equations written from tables of bits; none where there are integers, or too much."""
    names = [node.name for node in graph.states] + [node.name for node in graph.inputs]
    if graph.input_signals.size > MOST_SITUATIONS or not all(
        is_truth(name, domains) for name in domains
    ):
        return []
    met = _situations(graph)
    if met is None:
        return []
    values = met.values
    base = {name: values[name].astype(bool) for name in names if len(np.unique(values[name])) > 1}
    if len(base) > MOST_BITS:
        return []
    writer = _Writer(base)
    try:
        for state in graph.states:
            source = state.next if state.next in values else state.name
            writer.write(f"{state.name}'", source, met.following[state.name] > 0)
        for output in graph.outputs:
            writer.write(output.name, output.source, values[output.name].astype(bool))
    except UnreadableError:
        return []
    return writer.rows(domains)


class _Writer:
    """Writes one equation after another, each over the base and over one that it was given before.

    What is read by another equation goes by the name of the node that it is.
    """

    def __init__(self, base: dict[str, Column]) -> None:
        self._base = base
        self._written: list[tuple[str, str, Expression, Column]] = []

    def write(self, name: str, node: str, column: Column) -> None:
        """Write what is called `name`, and stems from a `node`."""
        own = self._expressed({}, column)
        if self._cost(own) <= LONG:
            own = self._shortest(own, column)
        self._written.append((name, node, own, column))

    def _shortest(self, own: Expression, column: Column) -> Expression:
        """Return the shortest way found to write a column, which over the base alone is `own`."""
        best, least = own, self._cost(own)
        before = {
            earlier: told
            for _, earlier, whole, told in self._written[-MOST_BEFORE:]
            if earlier not in self._base and not isinstance(whole, Name | Constant)
        }
        ways = [{earlier: told} for earlier, told in before.items()]
        if len(before) > 1 and len(self._base) + len(before) <= MOST_BITS:
            ways.append(before)
        over: dict[str, Column] = {}
        for more in ways:
            other = self._expressed(more, column)
            if self._cost(other) < least:
                best, least, over = other, self._cost(other), more
        # Even where a bit is read again, what is left may be less to read once it is taken out.
        for bit in arguments(best) if least > SHORT else ():
            rest = self._expressed(over, column ^ {**self._base, **over}[bit])
            other = differ(Name(bit), rest)
            if self._cost(other) < least:
                best, least = other, self._cost(other)
        return best

    def rows(self, domains: Domains) -> list[Row]:
        """Return the equations, each found to be right in every situation that occurs."""
        read = {name for _, _, own, _ in self._written for name in arguments(own)} - {*self._base}
        rows: list[Row] = []
        known: dict[str, Column] = dict(self._base)
        for name, node, own, column in self._written:
            told = np.broadcast_to(evaluate(own, known), column.shape)
            assert (told == column).all(), f"{name} is not {own}"
            if node in read and node not in known:
                rows += [(node, own), (name, Name(node))]
                known[node] = column
            else:
                rows.append((name, own))
        return rows

    def _expressed(self, more: dict[str, Column], column: Column) -> Expression:
        names = {**self._base, **more}
        keys = zip(*(own.astype(int).tolist() for own in names.values()), strict=True)
        rows = list(keys) if names else [()] * len(column)
        table = dict(zip(rows, column.astype(int).tolist(), strict=True))
        return synthesise(tuple((name, 2) for name in names), table, 2, PATIENCE, sums=False)

    @staticmethod
    def _cost(expression: Expression) -> int:
        return proposition(expression, dict.fromkeys(arguments(expression), (False, True))).literals
