"""The few levels that each node of a finite machine takes, as far as anything can tell apart.

Every reachable situation (states and inputs) is evaluated; each node's distinct values are its
levels. Two levels of a node become one when no reader needs to tell them apart, so that a
neuron with a dozen values that only ever asks "which side of 0" ends with two.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from bonsai_compiler.interp import Bools, Floats, evaluate_nodes, nearest
from bonsai_compiler.ir import Graph, Output, reads

Labels = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """What each node does in every reachable situation, in small numbers.

    `labels[name]` (situations,) is the level, counted from the lowest value upwards; `following`
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


def observe(graph: Graph, states: Floats, bits: Bools) -> Levels:
    """Return the levels of every node over the situations `states` (n, states), `bits` (n, inputs).

    The situations must be closed: the states that they lead to are among them, or are never
    left again.
    """
    values = evaluate_nodes(graph, states, bits)
    columns = {name: column.astype(np.float64) for name, column in values.items()}
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
    return _merged(graph, Levels(labels, following, initial, ladder_values))


def _merged(graph: Graph, levels: Levels) -> Levels:
    """Return the levels with those made one that no reader tells apart."""
    readers: dict[str, list[str]] = {node.name: [] for node in graph.nodes}
    for node in graph.nodes:
        for source in reads(node):
            readers[source].append(node.name)
    arguments = {node.name: reads(node) for node in graph.nodes}
    fed: dict[str, list[str]] = {node.name: [] for node in graph.nodes}
    for state in graph.states:
        fed[state.next].append(state.name)
    changed = True
    while changed:
        changed = False
        for node in reversed(graph.nodes):
            if isinstance(node, Output):
                continue
            while (merged := _one_merge(node.name, levels, readers, arguments, fed)) is not None:
                levels, changed = merged, True
    return levels


def _one_merge(
    name: str,
    levels: Levels,
    readers: Mapping[str, list[str]],
    arguments: Mapping[str, tuple[str, ...]],
    fed: Mapping[str, list[str]],
) -> Levels | None:
    for low, high in _pairs(levels.values[name]):
        renumbered = np.arange(levels.count(name))
        renumbered[high] = low
        renumbered[high + 1 :] -= 1
        labels = {**levels.labels, name: renumbered[levels.labels[name]]}
        told_apart = any(
            not _is_function([labels[source] for source in arguments[reader]], labels[reader])
            for reader in readers[name]
        ) or any(not _is_function([labels[name]], levels.following[state]) for state in fed[name])
        if told_apart:
            continue
        following, initial = dict(levels.following), dict(levels.initial)
        if name in following:
            following[name] = renumbered[following[name]]
            initial[name] = int(renumbered[initial[name]])
        values = tuple(value for place, value in enumerate(levels.values[name]) if place != high)
        return Levels(labels, following, initial, {**levels.values, name: values})
    return None


def _pairs(values: tuple[float, ...]) -> Iterator[tuple[int, int]]:
    """Yield pairs of levels, the nearest on the same side of 0 first."""

    def distance(pair: tuple[int, int]) -> tuple[bool, float]:
        low, high = values[pair[0]], values[pair[1]]
        return (low > 0) != (high > 0), high - low

    yield from sorted(combinations(range(len(values)), 2), key=distance)


def _is_function(columns: list[Labels], result: Labels) -> bool:
    """Return whether equal arguments always go with equal results."""
    key = np.zeros(len(result), dtype=np.int64)
    for column in columns:
        key = key * (int(column.max(initial=0)) + 1) + column
        key = np.unique(key, return_inverse=True)[1].reshape(-1)
    pairs = np.unique(np.stack([key, result]), axis=1)
    return bool(len(np.unique(key)) == pairs.shape[1])
