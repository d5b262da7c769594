"""The attempts to prove a network by regions, from the cheapest on."""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache, partial
from itertools import product
from math import log2

import numpy as np

from bonsai_compiler.equivalence.system import GraphSystem
from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.ir.interpreter import Floats
from bonsai_compiler.ir.liveness import live_part
from bonsai_compiler.regions.certificate import Certificate, Proof, abstract_network, check
from bonsai_compiler.regions.cover import cover
from bonsai_compiler.regions.join import join
from bonsai_compiler.regions.memory import remembering
from bonsai_compiler.regions.zonotopes import AbstractNetwork, Numbers
from bonsai_compiler.specification.machine import Machine
from bonsai_compiler.system.effort import Effort

RADII, WORDS = (0.4, 0.2, 0.1, 0.05, 0.025), (4, 8, 12)
"""Half-widths of the boxes of covers, and how many ticks words from one are followed."""

FIRST = (0.05, 12), (0.025, 12)
"""What closes most, and seldom later than others: small boxes, and long words from them."""

HALVINGS = 3
"""How often the boxes of a cover may be halved."""

MEMORIES, STEPS = (1, 3, 5, 7), (1, 3, 4)
"""How many letters are remembered, and how many ticks lie between the regions of joins."""

MOST_STATES = 3_000
"""How many states a machine that remembers may have."""

SHARES = (0.025, 0.1, 0.3)
"""How much of the effort an attempt may take, in rounds: what did not end is tried for longer."""

RUNS, TICKS = 128, 100

Attempt = Callable[[Effort], Certificate | None]


def prove(
    graph: Graph, machine: Machine, effort: Effort, attempts: int | None = None
) -> Proof | None:
    """Return a proof that a graph of neurons does as a machine does on every legal word.

    None where none was found with that effort, or in so many attempts of each kind, which says
    nothing about the graph.
    """
    graph = live_part(graph)
    network = abstract_network(graph, machine)
    pending = _covers(network, machine)[:attempts] + _joins(network, graph, machine)[:attempts]
    for share in SHARES:
        unfinished = []
        for attempt in pending:
            if effort.passed:
                return None
            part = effort.part(share * effort.most)
            certificate = attempt(part)
            proof = certificate and check(graph, machine, certificate, effort)
            if proof:
                return proof
            if part.passed:
                unfinished.append(attempt)
        pending = unfinished
    return None


def _covers(network: AbstractNetwork, machine: Machine) -> list[Attempt]:
    """Return attempts to cover what a network comes to, the quickest first."""

    def attempt(radius: float, ticks: int, effort: Effort) -> Certificate | None:
        widths = np.full(len(network.start), radius)
        return cover(network, machine, widths, ticks, HALVINGS, effort)

    # Boxes of half the size take as much longer as longer words do.
    others = sorted(product(RADII, WORDS), key=lambda size: size[1] - 4 * log2(size[0]))
    sizes = [*FIRST, *(size for size in others if size not in FIRST)]
    return [partial(attempt, *size) for size in sizes]


def _joins(network: AbstractNetwork, graph: Graph, machine: Machine) -> list[Attempt]:
    """Return attempts to join what a network comes to, the quickest first."""

    @lru_cache
    def remembered(letters: int) -> tuple[Machine, Numbers, tuple[Floats, Floats]] | None:
        found = remembering(machine, letters, MOST_STATES)
        return None if found is None else (*found, visited_hulls(graph, found[0]))

    def attempt(letters: int, ticks: int, effort: Effort) -> Certificate | None:
        kept = remembered(letters)
        if kept is None:
            return None
        refined, own, visited = kept
        found = join(network, refined, ticks, visited, effort)
        return found and replace(found, states=own[found.states])

    return [partial(attempt, *size) for size in sorted(product(MEMORIES, STEPS), key=sum)]


def visited_hulls(graph: Graph, machine: Machine, seed: int = 0) -> tuple[Floats, Floats]:
    """Return the least and greatest values that random legal runs meet in each of its states."""
    rng = np.random.default_rng(seed)
    system = GraphSystem(graph, machine.letters, approximate=True)
    values = np.repeat(system.start(), RUNS, axis=0)
    states = np.zeros(RUNS, dtype=np.int64)
    low = np.full((machine.size, values.shape[1]), np.inf)
    high = -low
    count = len(machine.letters)
    leaning = rng.exponential(size=(RUNS, count)) ** rng.choice([0, 1, 3, 10], size=(RUNS, 1))
    for _ in range(TICKS):
        np.minimum.at(low, states, values)
        np.maximum.at(high, states, values)
        legal = machine.legal[states]
        letters = np.where(legal, leaning * rng.random(legal.shape), -1.0).argmax(axis=1)
        going = legal.any(axis=1) & (machine.successor[states, letters] >= 0)
        values, states, letters = values[going], states[going], letters[going]
        leaning = leaning[going]
        if not len(states):
            break
        values = system.step(values, letters).states
        states = machine.successor[states, letters].astype(np.int64)
    return low, high
