"""Of a population of trained networks, compile the promising and keep the smallest proved one."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bonsai_compiler.ir import Graph, size
from bonsai_compiler.logic.rewriting import cost
from bonsai_compiler.networks.lift import lift
from bonsai_compiler.networks.network import Network
from bonsai_compiler.passes.clip import clip
from bonsai_compiler.passes.dead_code import dead_code
from bonsai_compiler.pipeline import Compiled, lower_graph, reduce_graph, settle_graph
from bonsai_compiler.proof.judge import Judge
from bonsai_compiler.specification.ports import Port
from bonsai_compiler.tuning.tuning import Tuning

CLIPPED = 24
"""How many networks are clipped, to see which promise to be small."""

MOST = 8
"""How many of those are compiled at most, unless they are tiny."""

FEWEST = 3
"""How many are compiled at least, however large."""

LARGE = 400
"""Large networks take long, and fewer of them are compiled: so many weights in all, at most."""

MOST_UNSETTLED = 8
"""How many are compiled as long as none settles."""

SPRAWL = 4
"""How many joint states for each of the task's make a network too roundabout to read."""

FINALISTS = 3, 12
"""How many of the smallest are compiled to the end, to keep what reads best: more if tiny."""

STATE = 2
"""As how many weights a state counts: one that only passes a value on has none of its own."""

EFFORT = 100
"""Small networks are compiled quickly, and more of them are: so many weights in all, at least."""


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """The network that was kept, its place in the population, and all steps down to logic.

    `tried` networks were compiled, of which `settled` ended proved.
    """

    number: int
    network: Network
    compiled: Compiled
    tried: int
    settled: int


def choose(
    networks: Sequence[Network],
    order: Sequence[int],
    tuning: Tuning,
    name: str,
    inputs: Sequence[str],
    outputs: Sequence[str],
    ports: tuple[Port, ...] = (),
) -> Choice:
    """Return the smallest network that settles, of those at the places `order`, down to logic.

    Those that clip to the fewest weights are settled first, the fewer the larger they are; after
    MOST_UNSETTLED the search ends if none has settled. Then the smallest are compiled to the end.
    One that takes SPRAWL times as many states as the task is kept only where there is no other. Of
    equally small ones the one whose logic is the shortest to read is kept.
    """
    lifted = {number: lift(networks[number], name, inputs, outputs, ports) for number in order}
    promise = {number: _clipped_weights(lifted[number], tuning) for number in order[:CLIPPED]}
    smallest = max(1, min(promise.values()))
    many, enough = EFFORT // smallest, max(FEWEST, min(MOST, LARGE // smallest))
    compiled: dict[int, Compiled] = {}
    for number in sorted(order, key=lambda number: promise.get(number, math.inf)):
        found = any(item.settled for item in compiled.values())
        if len(compiled) >= (max(enough, many) if found else MOST_UNSETTLED):
            break
        compiled[number] = settle_graph(lifted[number], tuning)
    ranks = {number: _rank(item, tuning.judge) for number, item in compiled.items()}
    few, most = FINALISTS
    finalists = sorted(ranks, key=lambda number: ranks[number])[: max(few, min(many, most))]
    reduced = {number: reduce_graph(compiled[number], tuning) for number in finalists}
    ranks = {number: _rank(item, tuning.judge) for number, item in reduced.items()}
    least = min(ranks.values())
    lowered = {
        number: lower_graph(item, tuning)
        for number, item in reduced.items()
        if ranks[number] == least
    }
    best = min(lowered, key=lambda number: _reading_cost(lowered[number].graph))
    settled = sum(item.settled for item in compiled.values())
    return Choice(best, networks[best], lowered[best], len(compiled), settled)


def _clipped_weights(graph: Graph, tuning: Tuning) -> int:
    parameters = tuning.parameters("clip", graph)
    clipped = clip(graph, **parameters) if parameters else graph
    return size(dead_code(clipped)).weights


def _reading_cost(graph: Graph) -> int:
    return sum(cost(node.expression) for node in graph.logic)


def _rank(compiled: Compiled, judge: Judge) -> tuple[bool, bool, int, int, int]:
    size = compiled.steps[-1].size
    found = judge.explore(compiled.graph) if compiled.settled else None
    situations = len(found.candidate) if found else 0
    needed = len(np.unique(found.specification, axis=0)) if found else 0
    sprawls = situations > SPRAWL * needed
    weight = size.weights + STATE * size.states
    return not compiled.settled, sprawls, weight, size.neurons, situations
