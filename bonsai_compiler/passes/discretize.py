"""Discretize each state to the few levels that it really takes, so that the machine is finite.

Levels are cut where no observed value lies: first where the specification has to tell states
apart, then, one at a time, wherever the next cut postpones the counterexample longest.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from bonsai_compiler.ir.graph import Graph, Node, State
from bonsai_compiler.ir.interpreter import Floats, nearest
from bonsai_compiler.ir.liveness import live_part
from bonsai_compiler.oracle.oracle import Oracle, Sample
from bonsai_compiler.passes.base import Pass, counted
from bonsai_compiler.system.deadline import NEVER, Deadline

Levels = Mapping[str, tuple[float, ...]]
MOST_CUTS = 24
FEW = 4
MANY = 8
"""How many values of a state are too many to be levels, for each state of the task."""
SIMPLE = {2: (-1.0, 1.0), 3: (-1.0, 0.0, 1.0)}
"""Levels to try first, of so many."""
GROWN = 64.0
"""A state beyond this, in size, is not one that keeps to levels and wanders a little."""
ENDLESS = 1e300
"""Values beyond this are of states that overflow."""


@dataclass(frozen=True, slots=True)
class Discretize(Pass):
    """Each state named in `levels` (ascending) starts at, and moves to, its nearest level."""

    name: ClassVar[str] = "snap"
    settles: ClassVar[bool] = True

    levels: Mapping[str, tuple[float, ...]] | None = None

    @classmethod
    def search(cls, graph: Graph, oracle: Oracle, deadline: Deadline) -> Self | None:
        """Return levels with which the graph is finite and right; none if it is so without."""
        levels = find_levels(graph, oracle, deadline)
        return None if levels is None else cls(levels)

    def apply(self, graph: Graph) -> Graph:
        return graph.with_nodes(map(self._snapped, graph.nodes))

    def chosen(self) -> str:
        if self.levels is None:
            return ""
        told = (f"{name}: {counted(ladder, 'level')}" for name, ladder in self.levels.items())
        return ", ".join(told) or "finite as it is"

    def _snapped(self, node: Node) -> Node:
        if not isinstance(node, State) or node.name not in (self.levels or {}):
            return node
        ladder = (self.levels or {})[node.name]
        init = float(nearest(np.array([node.init]), ladder)[0])
        return State(node.name, init, node.next, ladder)


EVEN = 1.05
"""Levels are evenly spaced where their gaps differ by no more than this factor."""


def find_levels(graph: Graph, oracle: Oracle, deadline: Deadline = NEVER) -> Levels | None:
    """Return levels with which the graph is finite and right; None if there was no finding any.

    States that are held to levels keep these, in rounder numbers where that changes nothing. No
    levels are returned where each state takes FEW values anyhow. A state may take more and
    yet be finite, while it settles, say; then levels are looked for, but need not be found. One
    that takes many more than the task has states is only finite because a horizon ends it.
    """
    graph = live_part(graph)
    found = oracle.explore(graph)
    right = found.closed and found.failing is None
    held = {state.name: state.levels for state in graph.states}
    if right and all(held.values()):
        rounder = _simplified(graph, held, oracle)
        return {} if rounder == held else rounder
    most = max((len(np.unique(column)) for column in found.candidate.T), default=0)
    if right and most <= FEW:
        return {}
    levels = _search(graph, oracle, deadline)
    if levels is not None:
        return levels
    settles = right and most <= MANY * len(np.unique(found.specification, axis=0))
    return {} if settles else _signs(graph, oracle)


def _search(graph: Graph, oracle: Oracle, deadline: Deadline) -> Levels | None:
    """Return the fewest levels found, in time, with which the graph is finite and right."""
    sample = oracle.sample(graph)
    names = [state.name for state in graph.states]
    gaps = [_gaps(column) for column in sample.states.T]
    cuts = _separating(sample, gaps, deadline)
    while True:
        levels = dict(zip(names, _levels(sample.states, cuts), strict=True))
        depth = _survival(Discretize(levels).apply(graph), oracle)
        if depth is None:
            cuts = _coarsened(graph, sample, cuts, oracle, deadline)
            levels = dict(zip(names, _levels(sample.states, cuts), strict=True))
            return levels if deadline.passed else _simplified(graph, levels, oracle)
        options = list(_next_cuts(cuts, gaps))
        if not options or sum(map(len, cuts)) >= MOST_CUTS:
            return None
        scores = []
        for option in options:
            if deadline.passed:
                return None
            tried = dict(zip(names, _levels(sample.states, option), strict=True))
            scores.append(_survival(Discretize(tried).apply(graph), oracle))
        best = max(range(len(options)), key=lambda place: _length(scores[place]))
        cuts = options[best]


def _signs(graph: Graph, oracle: Oracle) -> Levels | None:
    """Return the signs as levels of all states, where the graph is finite and right with them.

    It may be without being right before: then what its states really take tells nothing.
    """
    levels = dict.fromkeys((state.name for state in graph.states), SIMPLE[2])
    return levels if _survival(Discretize(levels).apply(graph), oracle) is None else None


def _coarsened(
    graph: Graph, sample: Sample, cuts: list[list[float]], oracle: Oracle, deadline: Deadline
) -> list[list[float]]:
    """Return the cuts without those that the graph stays right without, tried one by one."""
    names = [state.name for state in graph.states]
    for place, own in enumerate(cuts):
        for cut in own:
            if deadline.passed:
                return cuts
            fewer = [*cuts]
            fewer[place] = [other for other in cuts[place] if other != cut]
            tried = dict(zip(names, _levels(sample.states, fewer), strict=True))
            if _survival(Discretize(tried).apply(graph), oracle) is None:
                cuts = fewer
    return cuts


def _survival(graph: Graph, oracle: Oracle) -> int | None:
    """Return how long the shortest counterexample is, or None for none and a closed search."""
    found = oracle.explore(graph)
    if found.failing is not None:
        return len(found.failing)
    return None if found.closed else found.depth


def _length(depth: int | None) -> float:
    return float("inf") if depth is None else depth


def _gaps(column: Floats) -> list[float]:
    """Return the middles of the gaps between observed values, the widest first.

    Where values grow without end, gaps are wide in proportion to what lies beside them.
    """
    values = np.unique(column[np.abs(column) < ENDLESS])
    widths = np.diff(values)
    sizes = np.abs(values)
    if len(values) and sizes.max() > GROWN:
        widths = widths / np.maximum(np.maximum(sizes[1:], sizes[:-1]), 1.0)
    order = np.argsort(-widths, kind="stable")[:16]
    return [float(values[place] / 2 + values[place + 1] / 2) for place in order]


def _separating(sample: Sample, gaps: list[list[float]], deadline: Deadline) -> list[list[float]]:
    """Return cuts that, greedily chosen, let the levels decide the specification's state.

    Each state is cut once to begin with: two states whose XOR decides say nothing one by one.
    """
    cuts = [own[:1] for own in gaps]
    confused = _confusion(sample, cuts)
    while confused and not deadline.passed:
        options = [
            (_confusion(sample, option), rank, option)
            for rank, option in enumerate(_next_cuts(cuts, gaps, deep=True))
        ]
        if not options:
            break
        least, _, option = min(options, key=lambda item: item[:2])
        if least >= confused:
            break
        confused, cuts = least, option
    return cuts


def _confusion(sample: Sample, cuts: list[list[float]]) -> int:
    """Return how many joint levels are met in more than one state of the specification."""
    code = np.zeros(len(sample.states), dtype=np.int64)
    for own, column in zip(cuts, sample.states.T, strict=True):
        part = np.searchsorted(sorted(own), column)
        # Numbered anew at each column, so that the product cannot overflow.
        code = np.unique(code * (len(own) + 1) + part, return_inverse=True)[1].reshape(-1)
    pairs = np.unique(code * (int(sample.classes.max(initial=0)) + 2) + sample.classes)
    return len(pairs) - int(code.max(initial=0)) - 1


def _next_cuts(
    cuts: list[list[float]], gaps: list[list[float]], *, deep: bool = False
) -> Iterator[list[list[float]]]:
    """Yield the cuts with one more: each state's widest gap that is left, or any if `deep`."""
    for place, candidates in enumerate(gaps):
        left = [gap for gap in candidates if gap not in cuts[place]]
        for gap in left if deep else left[:1]:
            yield [own if other != place else [*own, gap] for other, own in enumerate(cuts)]


def _levels(states: Floats, cuts: list[list[float]]) -> list[tuple[float, ...]]:
    """Return the middle value of each part that the cuts make of a state's observed values."""
    levels = []
    for own, column in zip(cuts, states.T, strict=True):
        parts = np.searchsorted(sorted(own), column)
        levels.append(tuple(float(np.median(column[parts == part])) for part in np.unique(parts)))
    return levels


def _simplified(graph: Graph, levels: Levels, oracle: Oracle) -> Levels:
    """Return levels in rounder numbers where the graph stays right with them."""
    simpler = dict(levels)
    for name, ladder in levels.items():
        tried = {**simpler, name: SIMPLE.get(len(ladder), ladder)}
        if tried != simpler and _survival(Discretize(tried).apply(graph), oracle) is None:
            simpler = tried
    for decimals in (0, 1, 2):
        rounder = {
            name: tuple(round(value, decimals) + 0.0 for value in ladder)
            for name, ladder in simpler.items()
        }
        if rounder == simpler:
            break
        fair = all(_as_even(rounder[name], ladder) for name, ladder in simpler.items())
        if fair and _survival(Discretize(rounder).apply(graph), oracle) is None:
            return rounder
    return simpler


def _as_even(rounder: tuple[float, ...], ladder: tuple[float, ...]) -> bool:
    """Return whether rounded levels are as many, and evenly spaced where those before were."""
    if len(set(rounder)) < len(ladder):
        return False
    gaps, before = np.diff(rounder), np.diff(ladder)
    even = len(before) and before.max() <= EVEN * before.min()
    return not even or bool(gaps.max() <= EVEN * gaps.min())
