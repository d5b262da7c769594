"""When an input may come, as one expression over the states and inputs of a graph."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from sys import float_info

import numpy as np

from bonsai_compiler.ir.expression import (
    Constant,
    Expression,
    Name,
    UnreadableError,
    compared,
    readable,
    shifted,
    substituted,
)
from bonsai_compiler.ir.graph import Dialect, Graph
from bonsai_compiler.ir.interpreter import Bools, Floats
from bonsai_compiler.ir.ports import Port
from bonsai_compiler.ir.signals import Signals
from bonsai_compiler.logic.levels import Conflicts, Labels, told_apart
from bonsai_compiler.logic.synthesis import synthesise
from bonsai_compiler.logic.tables import decides

MOST_WHOLE = 2**12
"""The rows of a table of which the fewest columns that decide are searched for."""

MOST_ROWS = 2**18
"""The rows of the largest table that is written."""


@dataclass(frozen=True, slots=True)
class Guard:
    """An expression over a graph's states and its inputs as a user sees them, True where legal.

    In it `held(0)` and `given(0)` name the first state and the first input. A state that has
    `edges` stands for its level, counted from 0 as its value passes them; where there is one edge
    only, for whether it lies above.
    """

    expression: Expression
    edges: dict[str, tuple[float, ...]] = field(default_factory=dict)


def held(place: int) -> str:
    """Return the name of a state in a guard."""
    return f"held{place}"


def given(place: int) -> str:
    """Return the name of an input in a guard."""
    return f"given{place}"


@dataclass(frozen=True, slots=True, eq=False)
class _Column:
    """The level of a state or an input in each row of a table, and how many levels it has."""

    labels: Labels
    count: int


def guard(graph: Graph, states: Floats, letters: Bools, allowed: Bools) -> Guard:
    """Return the guard that lets pass what is `allowed` (n, letters) in `states` (n, width).

    `letters` (letters, inputs) are bits. In any other state it does as is convenient. Raises
    UnreadableError where nobody could read it.
    """
    if allowed.size > MOST_ROWS:
        raise UnreadableError(f"{allowed.size:,} choices of states and inputs are too many")
    columns = {
        name: _Column(np.repeat(column.labels, len(letters)), column.count)
        for name, column in _held(graph, states)
    } | {
        name: _Column(np.tile(column.labels, len(states)), column.count)
        for name, column in _given(graph.input_signals, letters)
    }
    result = allowed.reshape(-1).astype(np.int64)
    edges = {}
    if graph.dialect is Dialect.NEURONS:
        for name, values in zip(map(held, range(len(graph.states))), states.T, strict=True):
            groups = _intervals(_conflicts(columns, name, result))
            columns[name] = _Column(groups[columns[name].labels], int(groups[-1]) + 1)
            ladder = np.unique(values)
            edges[name] = tuple(
                _between(float(ladder[place - 1]), float(ladder[place]))
                for place in range(1, len(ladder))
                if groups[place] != groups[place - 1]
            )
    expression = substituted(_written(columns, result), _meanings(graph.input_signals))
    return Guard(readable(expression), edges)


def _held(graph: Graph, states: Floats) -> Iterator[tuple[str, _Column]]:
    """Yield the levels of each state of a graph; of one of neurons, each value is a level."""
    for place, (state, values) in enumerate(zip(graph.states, states.T, strict=True)):
        if graph.dialect is Dialect.LOGIC:
            count = int(state.levels[-1]) + 1 if state.levels else 2
            yield held(place), _Column(values.astype(np.int64), count)
        else:
            ladder, labels = np.unique(values, return_inverse=True)
            yield held(place), _Column(labels.reshape(-1), len(ladder))


def _given(inputs: Signals, letters: Bools) -> Iterator[tuple[str, _Column]]:
    """Yield the levels of each input as a user sees it."""
    first = 0
    for place, item in enumerate(inputs.fields):
        if isinstance(item, Port):
            bits = letters[:, first : first + len(item.bits)]
            yield given(place), _Column(item.steps(bits), len(item.values))
            first += len(item.bits)
        else:
            yield given(place), _Column(letters[:, first].astype(np.int64), 2)
            first += 1


def _meanings(inputs: Signals) -> dict[str, Expression]:
    """Return what the level of each integer is in terms of its value."""
    return {
        given(place): compared(Name(given(place)), "==", Constant(item.high))
        if len(item.values) == 2
        else shifted(Name(given(place)), -item.low)
        for place, item in enumerate(inputs.fields)
        if isinstance(item, Port)
    }


def _conflicts(columns: dict[str, _Column], name: str, result: Labels) -> Conflicts:
    others = [column.labels for other, column in columns.items() if other != name]
    return told_apart(columns[name].labels, columns[name].count, others, result)


def _intervals(conflicts: Conflicts) -> Labels:
    """Return a group for each level, counted from 0: neighbours that need not be told apart."""
    groups, first = [0], 0
    for level in range(1, len(conflicts)):
        apart = conflicts[level, first:level].any()
        first = level if apart else first
        groups.append(groups[-1] + int(apart))
    return np.array(groups)


def _between(low: float, high: float) -> float:
    """Return a number that `high` is above and `low` is not, with few digits."""
    low, high = max(low, -float_info.max), min(high, float_info.max)
    middle = low / 2 + high / 2
    short = (round(middle, places) + 0.0 for places in range(17))
    return next((number for number in short if low <= number < high), low)


def _written(columns: dict[str, _Column], result: Labels) -> Expression:
    """Return an expression over the names of columns for a bool in each row."""
    names = [name for name, column in columns.items() if column.count > 1]

    def rows(names: list[str]) -> Labels:
        labels = [columns[name].labels for name in names]
        return np.stack(labels, axis=1) if labels else np.zeros((len(result), 0), np.int64)

    if len(result) > MOST_WHOLE:
        for name in list(reversed(names)):
            fewer = [other for other in names if other != name]
            names = fewer if decides(rows(fewer), result.astype(np.int16)) else names
    table = np.unique(np.column_stack([rows(names), result]), axis=0).tolist()
    return synthesise(
        tuple((name, columns[name].count) for name in names),
        {tuple(row): value for *row, value in table},
        2,
    )
