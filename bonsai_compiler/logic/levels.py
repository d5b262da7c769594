"""The few levels that each node of a finite machine takes, as far as anything can tell apart.

Every reachable (state, input) pair is evaluated; each node's distinct values are its
levels. Two levels of a node become one when no reader needs to tell them apart, so that a
neuron with a dozen values that only ever asks "which side of 0" ends with two.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from bonsai_compiler.ir.expression import UnreadableError
from bonsai_compiler.ir.graph import Graph, Output, reads
from bonsai_compiler.ir.interpreter import Bools, Floats, evaluate_nodes, nearest
from bonsai_compiler.ir.ports import Port

Labels = npt.NDArray[np.int64]
Conflicts = npt.NDArray[np.bool_]

MOST_COMPARED = 8192
"""Of how many levels each is held against each: a table of so many squared is 64 MiB."""

LARGEST_KEY = 2**62
"""Rows of small integers are told apart by one integer each, up to this."""


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """What each node does for every reachable pair, in small numbers.

    `labels[name]` (pairs,) is the level, counted from the lowest value upwards; `following`
    likewise for a state's level on the next tick; `initial` the level before the first;
    `values[name]` one representative value for each level.
    """

    labels: dict[str, Labels]
    following: dict[str, Labels]
    initial: dict[str, int]
    values: dict[str, tuple[float, ...]]

    def count(self, name: str) -> int:
        """Return how many levels a node has."""
        return len(self.values[name])

    def with_integer(self, name: str, steps: Labels, port: Port) -> "Levels":
        """Return the levels with a port called `name`, `steps` (pairs,) above its least."""
        values = tuple(map(float, port.values))
        return replace(
            self, labels={**self.labels, name: steps}, values={**self.values, name: values}
        )


def observe(
    graph: Graph, states: Floats, bits: Bools, arguments: Mapping[str, Sequence[str]] | None = None
) -> Levels:
    """Return the levels of every node over reachable pairs: `states` and `bits`, a row each.

    The pairs must be closed: the states that they lead to are among them, or are never
    left again. With `arguments`, what each of some nodes is written over, only these have levels;
    without, each node is over what it reads.
    """
    if arguments is None:
        arguments = {node.name: reads(node) for node in graph.nodes}
    values = evaluate_nodes(graph, states, bits)
    columns = {name: values[name].astype(np.float64) for name in arguments}
    stored = {state.name: nearest(columns[state.next], state.levels) for state in graph.states}
    ladders = {name: np.unique(column) for name, column in columns.items()}
    # An output is a truth even where it never changes.
    ladders |= {output.name: np.array([0.0, 1.0]) for output in graph.outputs}
    for state in graph.states:
        reached = np.concatenate([columns[state.name], stored[state.name], [state.init]])
        ladders[state.name] = np.unique(reached + 0.0)
    labels = {name: np.searchsorted(ladders[name], column) for name, column in columns.items()}
    following = {name: np.searchsorted(ladders[name], column) for name, column in stored.items()}
    initial = {
        state.name: int(np.searchsorted(ladders[state.name], state.init)) for state in graph.states
    }
    ladder_values = {name: tuple(map(float, ladder)) for name, ladder in ladders.items()}
    return _merged(graph, Levels(labels, following, initial, ladder_values), arguments)


def _merged(graph: Graph, levels: Levels, arguments: Mapping[str, Sequence[str]]) -> Levels:
    """Return the levels with those made one that no reader tells apart."""
    readers: dict[str, list[str]] = {name: [] for name in arguments}
    for name, sources in arguments.items():
        for source in sources:
            readers[source].append(name)
    fed: dict[str, list[str]] = {name: [] for name in arguments}
    for state in graph.states:
        fed[state.next].append(state.name)

    def conflicts(name: str) -> Conflicts:
        """Return (levels, levels): which two of a node some reader needs to tell apart."""
        count = levels.count(name)
        found = np.zeros((count, count), dtype=bool)
        for reader in readers[name]:
            others = [levels.labels[source] for source in arguments[reader] if source != name]
            found |= told_apart(levels.labels[name], count, others, levels.labels[reader])
        for state in fed[name]:
            found |= told_apart(levels.labels[name], count, [], levels.following[state])
        return found

    while True:
        before = levels
        for node in reversed(graph.nodes):
            if node.name in arguments and not isinstance(node, Output):
                groups = _groups(levels.values[node.name], conflicts(node.name))
                levels = _regrouped(levels, node.name, groups)
        if levels.values == before.values:
            return levels


def told_apart(labels: Labels, count: int, others: list[Labels], result: Labels) -> Conflicts:
    """Return which two levels, beside the same other arguments, somewhere lead to two results.

    Raises UnreadableError for more than MOST_COMPARED levels.
    """
    if count > MOST_COMPARED:
        raise UnreadableError(f"{count:,} levels are too many")
    spread = int(result.max(initial=0)) + 1
    key, size = np.zeros(len(result), dtype=np.int64), 1
    for column in others:
        width = int(column.max(initial=0)) + 1
        if size * width * count * spread > LARGEST_KEY:
            # Numbered anew, so that the product cannot overflow.
            distinct, key = np.unique(key, return_inverse=True)
            key, size = key.reshape(-1), len(distinct)
        key, size = key * width + column, size * width
    met, labelled = np.divmod(np.unique((key * count + labels) * spread + result), count * spread)
    levels_met, results_met = np.divmod(labelled, spread)
    starts = np.flatnonzero(np.diff(met, prepend=-1)).tolist()
    apart = np.zeros((count, count), dtype=bool)
    for start, end in pairwise([*starts, len(met)]):
        if end - start > 1:
            levels, results = levels_met[start:end], results_met[start:end]
            apart[levels[:, None], levels] |= results[:, None] != results
    return apart


def _groups(values: tuple[float, ...], conflicts: Conflicts) -> Labels:
    """Return for each level the lowest level of its group; groups as few as can be found.

    The two sides of 0 are tried first; else each level joins the nearest group that will have it.
    """
    count = len(values)
    signs = np.array([value > 0 for value in values])
    if count > 2 and not (conflicts & (signs[:, None] == signs)).any():
        # NaN is greater than nothing, and yet it stands last.
        return np.where(signs, int(signs.argmax()), int((~signs).argmax()))
    groups = np.arange(count)
    refused = conflicts.copy()
    kept: list[int] = []
    for level in range(count):

        def distance(low: int, level: int = level) -> tuple[bool, float]:
            return bool(signs[low] != signs[level]), values[level] - values[low]

        nearest_first = sorted((low for low in kept if not refused[low, level]), key=distance)
        if nearest_first:
            groups[level] = nearest_first[0]
            refused[nearest_first[0]] |= conflicts[level]
        else:
            kept.append(level)
    return groups


def _regrouped(levels: Levels, name: str, groups: Labels) -> Levels:
    """Return the levels with one node's numbered by its groups."""
    kept, renumbered = np.unique(groups, return_inverse=True)
    renumbered = renumbered.reshape(-1)
    following, initial = dict(levels.following), dict(levels.initial)
    if name in following:
        following[name] = renumbered[following[name]]
        initial[name] = int(renumbered[initial[name]])
    labels = {**levels.labels, name: renumbered[levels.labels[name]]}
    values = tuple(levels.values[name][low] for low in kept)
    return Levels(labels, following, initial, {**levels.values, name: values})
