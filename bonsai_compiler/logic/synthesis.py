"""From a table to the expression that a person would write for it.

A table gives a node's level for some choices of its arguments' levels; the choices that it
leaves out never occur and may come out as is convenient. Two levels are a bool, more are small
integers. A table is written by a template of `arithmetic`, as a two-level form, or taken apart in
the ways of `decomposition`; what costs least to read is kept.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice

import numpy as np

from bonsai_compiler.ir.expression import (
    Constant,
    Expression,
    Name,
    compared,
    negated,
    readable,
    shifted,
    substituted,
)
from bonsai_compiler.ir.graph import Graph, Input, Logic, State
from bonsai_compiler.ir.integers import reading
from bonsai_compiler.ir.interpreter import Bools, Floats
from bonsai_compiler.logic.arithmetic import match_templates
from bonsai_compiler.logic.decomposition import (
    Arguments,
    Way,
    already,
    ashenhurst,
    choices,
    chosen,
    differing,
)
from bonsai_compiler.logic.factoring import two_level_forms
from bonsai_compiler.logic.levels import Labels, Levels, observe
from bonsai_compiler.logic.tables import DONT_CARE, Rows, Table, sufficient, supports, without

LARGEST = 2**10
"""The entries of the largest table that is written as a whole."""

SUPPORTS = 4
"""How many choices of the fewest arguments are tried."""

EFFORT = 48
"""How many ways of each kind to take a table apart are tried, divided by the known entries."""


PATIENCE, PATIENT = 200, 32
"""How many smaller tables may be written for one until the search is in a hurry: fewer for one of
more than so many entries, each of which takes longer."""


def synthesise(
    arguments: tuple[tuple[str, int], ...],
    table: Mapping[tuple[int, ...], int],
    levels: int,
    patience: int = PATIENCE,
    *,
    sums: bool = True,
) -> Expression:
    """Return an expression that agrees with `table`, the more `patience` the shorter.

    `arguments` are names with their numbers of levels, in the order of the table's rows;
    `levels` is the number of levels of the result. For arguments in range the result is too.
    Without `sums` nothing is added up. Raises UnreadableError where it would be nested too deeply.
    """
    rows = np.array(list(table), dtype=np.int64).reshape(len(table), len(arguments))
    results = np.array(list(table.values()), dtype=np.int16)
    named = tuple((Name(text), count) for text, count in arguments)
    return readable(_from_rows(named, rows, results, levels, patience, sums))


def _from_rows(
    arguments: Arguments, rows: Rows, results: Table, levels: int, patience: int, sums: bool
) -> Expression:
    """Return the expression for the known entries; all entries may be too many."""
    if math.prod(count for _, count in arguments) > LARGEST:
        kept = sufficient(rows, results)
        arguments, rows = tuple(arguments[place] for place in kept), rows[:, kept]
    counts = [count for _, count in arguments]
    if math.prod(counts) <= LARGEST:
        table = np.full(math.prod(counts), DONT_CARE, dtype=np.int16)
        steps = [math.prod(counts[place + 1 :]) for place in range(len(counts))]
        table[rows @ np.array(steps, dtype=np.int64)] = results
        return _whole(arguments, table.tobytes(), levels, patience, sums)
    options = []
    for place, column in enumerate(rows.T):
        values = np.unique(column)
        if len(values) > 1:
            middle = int(values[len(values) // 2])
            sides = (column >= middle, column < middle)
            left = sum(len(sufficient(rows[side], results[side])) for side in sides)
            options.append((left, place, middle))
    _, place, middle = min(options)
    expression, count = arguments[place]
    condition = expression if count == 2 else compared(expression, ">=", Constant(middle))
    high = rows[:, place] >= middle
    branches = (
        _from_rows(arguments, rows[side], results[side], levels, patience, sums)
        for side in (high, ~high)
    )
    return chosen(condition, *branches)


@lru_cache(maxsize=4096)
def _whole(arguments: Arguments, data: bytes, levels: int, patience: int, sums: bool) -> Expression:
    table = np.frombuffer(data, dtype=np.int16).reshape([count for _, count in arguments])
    patient = patience * min(1.0, PATIENT / table.size)
    return _Search(int(patient), sums).express(arguments, table, levels)


class _Search:
    """Writes one table, and remembers what smaller tables it has written on the way.

    When `patience` of them are written, those that are left are no longer taken apart in several
    ways. Tables are counted, not seconds: the same table always gives the same text.
    """

    def __init__(self, patience: int, sums: bool) -> None:
        self._patience = patience
        self._sums = sums
        self._known: dict[tuple[Arguments, bytes, int], Expression] = {}

    def express(self, arguments: Arguments, table: Table, levels: int) -> Expression:
        """Return the cheapest expression found that agrees with a table."""
        table = table.astype(np.int16)
        key = arguments, table.tobytes(), levels
        if key not in self._known:
            self._known[key] = self._cheapest(arguments, table, levels)
        return self._known[key]

    def _cheapest(self, arguments: Arguments, table: Table, levels: int) -> Expression:
        results = {*table.reshape(-1).tolist()} - {DONT_CARE}
        if len(results) <= 1:
            value = results.pop() if results else 0
            return Constant(value > 0 if levels <= 2 else value)
        ways: list[Expression] = []
        for kept in supports(table, 1 if self._hurried else SUPPORTS):
            if len(kept) < len(arguments):
                dropped = tuple(place for place in range(table.ndim) if place not in kept)
                rest = without(table, dropped)
                assert rest is not None
                ways.append(self.express(tuple(arguments[at] for at in kept), rest, levels))
        # Each argument is needed, so nothing costs less than all of them once.
        least = sum(expression.cost for expression, _ in arguments)
        for bound, way in self._ways(arguments, table, levels) if not ways else ():
            cheapest = min((expression.cost for expression in ways), default=math.inf)
            if cheapest <= least or (ways and self._hurried):
                break
            if bound < cheapest:
                ways.append(way())
        return min(ways, key=lambda expression: expression.cost)

    @property
    def _hurried(self) -> bool:
        return len(self._known) >= self._patience

    def _ways(self, arguments: Arguments, table: Table, levels: int) -> Iterator[tuple[int, Way]]:
        """Yield ways to write a table, each with the least that it can cost, the quick first."""
        bools = levels == 2 and all(count == 2 for _, count in arguments)
        if bools and table.ndim == 1:
            (expression, _), (low, high) = arguments[0], table.tolist()
            yield 0, already(expression if high == 1 or low == 0 else negated(expression))
            return
        for expression in match_templates(arguments, table, levels) if self._sums else ():
            yield 0, already(expression)
        effort = max(1, EFFORT // int((table != DONT_CARE).sum()))
        for kind in (differing, ashenhurst):
            if not self._hurried:
                for way in islice(kind(arguments, table, levels, self.express), effort):
                    yield 0, way
        if bools:
            for expression in two_level_forms([expression for expression, _ in arguments], table):
                yield 0, already(expression)
        # A choice reads its condition's arguments again, or is a joint that was found above.
        least = 1 + sum(expression.cost for expression, _ in arguments)
        for bound, way in islice(choices(arguments, table, levels, self.express), effort):
            yield max(bound, least), way


class LoweringContext:
    """The levels of a graph of neurons over the pairs of `states` (n, states), `bits` (n, inputs).

    Instead of the bits of an input port with more than two values its integer is read, in a node
    called like the port. `arguments` say what nodes are written over, where not what they read.
    """

    def __init__(
        self,
        graph: Graph,
        states: Floats,
        bits: Bools,
        arguments: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self.levels: Levels = observe(graph, states, bits, arguments)
        self._ports = {
            port.name: port for port in graph.input_signals.ports if len(port.values) > 2
        }
        self._integers = {bit: port.name for port in self._ports.values() for bit in port.bits}
        sources = [node.name for node in graph.nodes if isinstance(node, State | Input)]
        self.varying = self._read(name for name in sources if self.levels.count(name) > 1)
        for port in self._ports.values():
            place = graph.input_signals.bits.index(port.bits[0])
            steps = port.steps(bits[:, place : place + len(port.bits)])
            self.levels = self.levels.with_integer(port.name, steps, port)

    def reader(self, bit: str) -> Logic | None:
        """Return the node that reads a port, if `bit` is the last of its bits."""
        port = self._ports.get(self._integers.get(bit, ""))
        if port is None or port.bits[-1] != bit:
            return None
        return Logic(port.name, reading(port, port.bits))

    def expression(
        self, sources: Iterable[str], result: Labels, count: int, patience: int = PATIENCE
    ) -> Expression:
        """Return an expression over what the sources say for one of `count` levels."""
        names = self._read(sources)
        arguments = tuple((name, self.levels.count(name)) for name in names)
        columns = [self.levels.labels[name].tolist() for name in names]
        keys = zip(*columns, strict=True) if columns else [()] * len(result)
        table = dict(zip(keys, result.tolist(), strict=True))
        found = synthesise(arguments, table, count, patience)
        return readable(substituted(found, {name: self._level(name) for name in names}))

    def _read(self, sources: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._integers.get(name, name) for name in sources))

    def _level(self, name: str) -> Expression:
        port = self._ports.get(name)
        return shifted(Name(name), -port.low if port else 0)
