"""What a graph is held against while it is compiled: a specification, or only examples."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol

import numpy as np
import numpy.typing as npt

from bonsai_compiler.equivalence.search import Exploration, Stop, explore, replay
from bonsai_compiler.equivalence.system import GraphSystem, MachineSystem, Product, TransitionSystem
from bonsai_compiler.equivalence.verdict import Counterexample, Verdict
from bonsai_compiler.ir.graph import Graph, Neuron, reads
from bonsai_compiler.ir.interpreter import (
    Bools,
    Floats,
    computed_values,
    nearest,
    neuron_sum,
    next_states,
)
from bonsai_compiler.ir.liveness import live_part
from bonsai_compiler.ir.plan import Plan
from bonsai_compiler.oracle.compare import compare
from bonsai_compiler.oracle.falsify import minimize, random_simulation
from bonsai_compiler.specification.machine import minimal_classes
from bonsai_compiler.system.deadline import NEVER

QUICK = 2_000
"""How many joint states are visited to decide one small step of compiling."""

REMEMBERED = 64
"""How many answers are remembered: as many graphs as a pass or two look at."""

SAMPLED = 1_000
"""How many of the states that a graph takes are looked at to find their levels."""

AT_ONCE = 2**15
"""How many pairs, times neurons, are computed side by side."""

Classes = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """States that a graph takes, (n, states), and what the specification must tell apart there.

    `classes` (n,) numbers the specification's states that behave differently; all 0 if unknown.
    `joint` (n, width) are the same in the system that `Oracle.legal` gives.
    """

    states: Floats
    classes: Classes
    joint: Floats


@dataclass(frozen=True, slots=True, eq=False)
class ReachablePairs:
    """The reachable (state, input) pairs of a graph: states (n, states), bits (n, inputs)."""

    states: Floats
    bits: Bools


class Oracle(Protocol):
    """Decides whether a graph is right. What has no effect on an output is left out of account."""

    def accepts(self, graph: Graph) -> bool:
        """Return whether neither quick search nor simulation finds a fault."""

    def fault(self, graph: Graph) -> Counterexample | None:
        """Return an input that shows why a graph is not accepted, or None if it is."""

    def candidate(self, graph: Graph) -> GraphSystem:
        """Return the transition system of a graph's live part, on the specification's letters."""

    def legal(self, system: TransitionSystem, *, asked: bool) -> TransitionSystem:
        """Return a system kept to the inputs that the specification finds legal.

        Where only what is `asked` counts, so it is on ticks that the specification cares about.
        """

    def proves(self, graph: Graph) -> bool:
        """Return whether the search shows a graph equal for every legal input sequence."""

    def explore(self, graph: Graph) -> Exploration:
        """Return what the search meets.

        Closed and not failing means finite and accepted; and proved, where the search was joint.
        """

    def sample(self, graph: Graph) -> Sample:
        """Return states of the graph as long as it behaves."""

    def reachable_pairs(self, graph: Graph, found: Exploration) -> ReachablePairs:
        """Return every reachable (state, legal input) pair, from a closed exploration."""

    def verdict(self, candidate: TransitionSystem, deadline: Stop = NEVER) -> Verdict:
        """Return the final verdict on a graph or program, as far as the time allows."""


class CountingOracle:
    """An oracle that counts how often it is asked about a graph, and remembers the last answers."""

    def __init__(self, oracle: Oracle) -> None:
        self._oracle = oracle
        self.checks = 0
        # One pass after the other asks about the same graph.
        self._accepts = lru_cache(REMEMBERED)(oracle.accepts)
        self._explore = lru_cache(REMEMBERED)(oracle.explore)

    def accepts(self, graph: Graph) -> bool:
        self.checks += 1
        return self._accepts(graph)

    def explore(self, graph: Graph) -> Exploration:
        self.checks += 1
        return self._explore(graph)

    def fault(self, graph: Graph) -> Counterexample | None:
        return self._oracle.fault(graph)

    def candidate(self, graph: Graph) -> GraphSystem:
        return self._oracle.candidate(graph)

    def legal(self, system: TransitionSystem, *, asked: bool) -> TransitionSystem:
        return self._oracle.legal(system, asked=asked)

    def proves(self, graph: Graph) -> bool:
        return self._oracle.proves(graph)

    def sample(self, graph: Graph) -> Sample:
        return self._oracle.sample(graph)

    def reachable_pairs(self, graph: Graph, found: Exploration) -> ReachablePairs:
        return self._oracle.reachable_pairs(graph, found)

    def verdict(self, candidate: TransitionSystem, deadline: Stop = NEVER) -> Verdict:
        return self._oracle.verdict(candidate, deadline)


class SpecificationOracle:
    """Answers by joint search against a machine, or against another graph."""

    def __init__(self, specification: TransitionSystem, seed: int = 0) -> None:
        self.specification = specification
        self.seed = seed
        self._runs = 64 if specification.inputs else 1
        ticks = 100
        if isinstance(specification, MachineSystem):
            ticks = 48 + 4 * specification.machine.size
        self._ticks = min(specification.horizon or ticks, 1_000)

    def accepts(self, graph: Graph) -> bool:
        return self._failing(self.candidate(graph)) is None

    def fault(self, graph: Graph) -> Counterexample | None:
        candidate = self.candidate(graph)
        failing = self._failing(candidate)
        if failing is None:
            return None
        shortened = minimize(candidate, self.specification, failing)
        return replay(candidate, self.specification, shortened)

    def legal(self, system: TransitionSystem, *, asked: bool) -> TransitionSystem:
        if not self._is_finite():
            return system
        return Product(system, self.specification, asked=asked)

    def proves(self, graph: Graph) -> bool:
        found = explore(self.candidate(graph), self.specification, QUICK)
        return found.closed and found.failing is None

    def explore(self, graph: Graph) -> Exploration:
        candidate = self.candidate(graph)
        found = explore(candidate, self.specification, QUICK, self._ticks)
        if found.closed or found.failing is not None or self._is_finite():
            return found
        # A graph held against one with endless states: what can close is its own states.
        alone = explore(candidate, candidate, QUICK, self._ticks)
        return replace(alone, joint=False) if self.accepts(graph) else found

    def sample(self, graph: Graph) -> Sample:
        candidate = self.candidate(graph)
        rng = np.random.default_rng(self.seed)
        found = explore(candidate, self.specification, QUICK, self._ticks)
        # Plain runs: levels are cut where a state usually is, not where extremes drive it.
        size = self._runs, self._ticks
        runs = random_simulation(candidate, self.specification, rng, *size, keep=True, rhythm=False)
        states = np.concatenate([found.candidate, runs.candidate])
        expected = np.concatenate([found.specification, runs.specification])
        joint = np.unique(np.concatenate([states, expected], axis=1), axis=0)
        joint = rng.permutation(joint)
        states, expected = np.split(joint, [states.shape[1]], axis=1)
        classes = np.zeros(len(states), dtype=np.int64)
        if isinstance(self.specification, MachineSystem):
            machine = self.specification.machine
            index = expected[:, 0].astype(np.int64)
            classes = np.where(index >= 0, minimal_classes(machine)[index], -1)
        chosen = _evenly(classes)[:SAMPLED]
        known = joint[chosen] if self._is_finite() else states[chosen]
        return Sample(states[chosen], classes[chosen], known)

    def reachable_pairs(self, graph: Graph, found: Exploration) -> ReachablePairs:
        states, expected = found.candidate[: found.expanded], found.specification[: found.expanded]
        source = self.specification if self._is_finite() else self.candidate(graph)
        rows, chosen = np.nonzero(source.legal(expected))
        return ReachablePairs(states[rows], self.specification.alphabet[chosen])

    def verdict(self, candidate: TransitionSystem, deadline: Stop = NEVER) -> Verdict:
        return compare(candidate, self.specification, seed=self.seed, deadline=deadline)

    def _failing(self, candidate: GraphSystem) -> tuple[int, ...] | None:
        found = explore(candidate, self.specification, QUICK, self._ticks)
        # Without inputs there is one sequence only, and the search has walked it already.
        if found.failing is not None or found.closed or self._runs == 1:
            return found.failing
        rng = np.random.default_rng(self.seed)
        size = self._runs, self._ticks
        return random_simulation(candidate, self.specification, rng, *size, rhythm=False).failing

    def candidate(self, graph: Graph) -> GraphSystem:
        return GraphSystem(live_part(graph), self.specification.alphabet)

    def _is_finite(self) -> bool:
        return isinstance(self.specification, MachineSystem)


def _evenly(classes: Classes) -> npt.NDArray[np.int64]:
    """Return the rows in such an order that the classes take turns as long as they last.

    Within a turn rows stay in their order. What a walk soon leaves for good, the lower counts of a
    maximum, say, is met in few states.
    """
    order = np.argsort(classes, kind="stable")
    turns = np.empty_like(order)
    turns[order] = np.arange(len(order)) - np.searchsorted(classes[order], classes[order])
    return np.argsort(turns, kind="stable")


@dataclass(frozen=True, slots=True, eq=False)
class ReachableSet:
    """The reachable (state, input) pairs of a graph, and what it does in each.

    `columns` has the value of every node but outputs for each pair; `outputs`
    (n, outputs) bools; `following` (n, states) the next states.
    """

    graph: Graph
    pairs: ReachablePairs
    columns: dict[str, Floats]
    outputs: Bools
    following: Floats

    @property
    def size(self) -> int:
        """How many pairs there are."""
        return len(self.pairs.states)

    def with_graph(self, graph: Graph) -> "ReachableSet":
        """Return what another graph with the same inputs and states does for these pairs.

        Only nodes that are not as they were, or that read one whose values are not, are computed.
        """
        activations = graph.activation_of
        before = {node.name: node for node in self.graph.computed}
        columns = dict(self.columns)
        moved: set[str] = set()
        for node in graph.computed:
            name = node.name
            if node == before.get(name) and moved.isdisjoint(reads(node)):
                continue
            column = computed_values(node, activations, columns, self.size)
            if name not in columns or not np.array_equal(column, columns[name]):
                columns[name] = column
                moved.add(name)
        outputs, following = self.outputs, self.following
        pairs = zip(graph.outputs, self.graph.outputs, strict=True)
        if any(new != old or new.source in moved for new, old in pairs):
            outputs = np.stack([columns[node.source] > 0 for node in graph.outputs], axis=1)
        if any(
            new.next != old.next or new.levels != old.levels or new.next in moved
            for new, old in zip(graph.states, self.graph.states, strict=True)
        ):
            following = next_states(graph, columns, self.size)
        return ReachableSet(graph, self.pairs, columns, outputs, following)

    def effects(self, options: Sequence[Neuron]) -> Iterator[tuple[bool, bool]]:
        """Yield for each of several neurons, put in place of the one that is called as all of them
        are, whether outputs stay as they are for every pair, and whether next states do.
        """
        several = max(1, AT_ONCE // max(1, self.size))
        for start in range(0, len(options), several):
            outputs, following = self._kept(options[start : start + several])
            yield from zip(outputs.tolist(), following.tolist(), strict=True)

    def _kept(self, options: Sequence[Neuron]) -> tuple[Bools, Bools]:
        """Return which of several neurons keep the outputs, and which the next states."""
        activations, count = self.graph.activation_of, self.size
        # A column that moves has a row for each neuron.
        columns = dict(self.columns)
        with np.errstate(over="ignore", invalid="ignore"):
            sums = np.stack([neuron_sum(option, columns, count) for option in options])
            columns[options[0].name] = activations[options[0].activation](sums)
        moved = {options[0].name}
        for node in self.graph.computed:
            if not moved.isdisjoint(reads(node)):
                columns[node.name] = computed_values(node, activations, columns, count)
                moved.add(node.name)
        outputs, following = np.ones((2, len(options)), dtype=bool)
        for place, output in enumerate(self.graph.outputs):
            if output.source in moved:
                given = columns[output.source] > 0
                outputs &= (given == self.outputs[:, place]).all(axis=1)
        for place, state in enumerate(self.graph.states):
            if state.next in moved:
                held = nearest(columns[state.next], state.levels)
                following &= (held == self.following[:, place]).all(axis=1)
        return outputs, following

    def does_as(self, other: "ReachableSet") -> bool:
        """Return whether outputs and next states equal the other's for every pair."""
        return np.array_equal(self.outputs, other.outputs) and np.array_equal(
            self.following, other.following
        )

    def kept_by(self, graph: Graph) -> bool:
        """Return whether a graph with the same states leads to the same for every pair."""
        return self.with_graph(graph).does_as(self)


def reachable_set(graph: Graph, oracle: Oracle) -> ReachableSet | None:
    """Return the reachable set of a graph's live part; None unless it is finite and right."""
    graph = live_part(graph)
    found = oracle.explore(graph)
    if not found.closed or found.failing is not None:
        return None
    pairs = oracle.reachable_pairs(graph, found)
    plan = Plan(graph)
    values = plan.evaluate(pairs.states, pairs.bits)
    columns = {name: values[row] for name, row in plan.rows.items()}
    return ReachableSet(graph, pairs, columns, plan.outputs(values) > 0, plan.next_states(values))
