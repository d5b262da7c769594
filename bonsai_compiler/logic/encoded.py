"""A machine whose states have codes, as a graph of logic: next codes and outputs as expressions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from bonsai_compiler.ir.expression import (
    Constant,
    Expression,
    Name,
    readable,
    shifted,
    substituted,
)
from bonsai_compiler.ir.graph import Dialect, Graph, Input, Logic, Node, Output, State
from bonsai_compiler.ir.integers import conditions, reading
from bonsai_compiler.ir.interpreter import Bools
from bonsai_compiler.ir.ports import Port
from bonsai_compiler.logic.synthesis import synthesise
from bonsai_compiler.logic.tables import DONT_CARE

Numbers = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True, eq=False)
class Digit:
    """A state of a graph as one digit of the machine's codes: one of `levels`, `initial` at first.

    `now` (n,) is it in each row of the machine's table, `following` (n,) on the tick after.
    """

    name: str
    levels: int
    initial: int
    now: Numbers
    following: Numbers


def encoded(graph: Graph, digits: Sequence[Digit], bits: Bools, outputs: Codes) -> Graph:
    """Return the machine with a graph's inputs and outputs; names are the graph's where they can.

    Row by row, inputs are `bits` (n, inputs) and outputs 1, -1, or 0 for any, (n, outputs).
    An output is written over the digits as they are or as they come next, as is shorter. Raises
    UnreadableError where nobody could read it.
    """
    table = _Table(graph, digits, bits)
    nodes: list[Node] = []
    for node in graph.inputs:
        nodes += [node, *table.readers(node)]
    following = {state.name: state.next for state in graph.states}
    taken = {node.name for node in nodes} | {digit.name for digit in digits}
    taken |= {output.name for output in graph.outputs}
    states, ahead = [], {}
    for digit in digits:
        told = following[digit.name]
        told = told if told not in taken else _fresh(f"{digit.name}_next", taken)
        taken.add(told)
        ahead[told] = digit
        ladder = tuple(range(digit.levels)) if digit.levels > 2 else ()
        initial = digit.initial if ladder else bool(digit.initial)
        states.append(State(digit.name, initial, told, ladder))
    steps = [
        Logic(name, table.expression(digit.following, digit.levels))
        for name, digit in ahead.items()
    ]
    ends = list(_ends(graph, table, ahead, outputs, taken))
    logic = [node for node in ends if isinstance(node, Logic)]
    last = [node for node in ends if isinstance(node, Output)]
    made = replace(graph, activations=(), dialect=Dialect.LOGIC)
    return made.with_nodes((*nodes, *states, *steps, *logic, *last))


class _Table:
    """The rows of a machine's table by what is read: digits, inputs, integers of input ports."""

    def __init__(self, graph: Graph, digits: Sequence[Digit], bits: Bools) -> None:
        names = [node.name for node in graph.inputs]
        self._ports = [port for port in graph.input_signals.ports if len(port.values) > 2]
        inner = {bit for port in self._ports for bit in port.bits}
        self._counts = {digit.name: digit.levels for digit in digits}
        self._columns = {digit.name: digit.now for digit in digits}
        for place, name in enumerate(names):
            if name not in inner:
                self._counts[name] = 2
                self._columns[name] = bits[:, place].astype(np.int64)
        for port in self._ports:
            first = names.index(port.bits[0])
            self._counts[port.name] = len(port.values)
            self._columns[port.name] = port.steps(bits[:, first : first + len(port.bits)])

    def readers(self, node: Input) -> Iterator[Logic]:
        """Yield the node that reads a port, after the last of its bits."""
        for port in self._ports:
            if port.bits[-1] == node.name:
                yield Logic(port.name, reading(port, port.bits))

    def expression(
        self, result: Numbers, levels: int, ahead: Mapping[str, Digit] | None = None
    ) -> Expression:
        """Return an expression for a column of the table, or one over the digits `ahead` alone."""
        counts, columns = self._counts, self._columns
        if ahead is not None:
            counts = {name: digit.levels for name, digit in ahead.items()}
            columns = {name: digit.following for name, digit in ahead.items()}
        asked = result != DONT_CARE
        keys = [tuple(column[row] for column in columns.values()) for row in np.flatnonzero(asked)]
        table = dict(zip(keys, result[asked].tolist(), strict=True))
        found = synthesise(tuple(counts.items()), table, levels)
        integers = {port.name: shifted(Name(port.name), -port.low) for port in self._ports}
        return readable(substituted(found, integers))


def _ends(
    graph: Graph, table: _Table, ahead: Mapping[str, Digit], outputs: Codes, taken: set[str]
) -> Iterator[Node]:
    """Yield the outputs, and what each of them reads."""
    places = {output.name: place for place, output in enumerate(graph.outputs)}
    sources = {output.name: output.source for output in graph.outputs}
    for field in graph.output_signals.fields:
        own = field.bits if isinstance(field, Port) else (field,)
        column = outputs[:, [places[bit] for bit in own]]
        if isinstance(field, Port) and len(field.values) > 2:
            steps = np.where((column == 0).any(axis=1), DONT_CARE, field.steps(column > 0))
            if ((steps == DONT_CARE) == (column == 0).all(axis=1)).all():
                whole = _shortest(table, ahead, steps, len(field.values))
                yield Logic(field.name, readable(shifted(whole, field.low)))
                told = conditions(field, Name(field.name))
                for bit, condition in zip(own, told, strict=True):
                    adapter = _fresh(f"{bit}_from_{field.name}", taken)
                    yield Logic(adapter, condition)
                    yield Output(bit, adapter)
                continue
        for bit in own:
            truth = np.array([DONT_CARE, 1, 0])[outputs[:, places[bit]].astype(np.int64)]
            name = sources[bit] if sources[bit] not in taken else _fresh(f"{bit}_told", taken)
            taken.add(name)
            yield Logic(name, _shortest(table, ahead, truth, 2))
            yield Output(bit, name)


def _shortest(
    table: _Table, ahead: Mapping[str, Digit], result: Numbers, levels: int
) -> Expression:
    """Return the shorter of the expressions over the digits as they are, and as they come next."""
    asked = result != DONT_CARE
    if not asked.any():
        return Constant(0 if levels > 2 else False)
    now = table.expression(result, levels)
    told: dict[tuple[int, ...], int] = {}
    for row in np.flatnonzero(asked):
        code = tuple(int(digit.following[row]) for digit in ahead.values())
        if told.setdefault(code, int(result[row])) != result[row]:
            return now
    new = table.expression(result, levels, ahead)
    return new if new.cost < now.cost else now


def _fresh(name: str, taken: set[str]) -> str:
    """Return a name that nothing has yet, and note it."""
    while name in taken:
        name += "_"
    taken.add(name)
    return name
