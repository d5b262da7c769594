"""The attempts to prove a network by regions, from the cheapest on."""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache, partial
from itertools import product

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

RADII = 0.05, 0.025, 0.1, 0.2, 0.0125
"""Half-widths of the boxes of covers; the first closes most of what can be closed, and soon."""

WORDS = 24
"""How many ticks words from a box are followed."""

HALVINGS = 3
"""How often the boxes of a cover may be halved."""

MEMORIES, STEPS = (1, 3, 5, 7), (1, 3, 4)
"""How many letters are remembered, and how many ticks lie between the regions of joins."""

MOST_STATES = 3_000
"""How many states a machine that remembers may have."""

ROUNDS = 1e8, 3e8
"""How much effort an attempt may take, in rounds: what did not end is tried for longer."""

RUNS, TICKS = 128, 100

Attempt = Callable[[Effort], Certificate | None]


class Prover:
    """Attempts to prove that a graph of neurons does as a machine does on every legal word.

    There may be so many `attempts` of each kind. Raises BonsaiError for what is no such graph.
    """

    def __init__(self, graph: Graph, machine: Machine, attempts: int | None = None) -> None:
        self._graph, self._machine = live_part(graph), machine
        network = abstract_network(self._graph, machine)
        covers = _covers(network, machine)[:attempts]
        joins = _joins(network, self._graph, machine)[:attempts]
        # The effort that each was tried with, of those that did not end.
        self._tried = dict.fromkeys([*covers[:1], *joins, *covers[1:]], 0.0)

    def prove(self, effort: Effort) -> Proof | None:
        """Return a proof; None where that effort found none, which says nothing about the graph.

        What was tried before is tried again only with more effort.
        """
        for each in ROUNDS:
            # What was tried least comes first.
            for attempt in sorted(self._tried, key=self._tried.__getitem__):
                if self._tried[attempt] >= each:
                    continue
                if effort.passed:
                    return None
                part = effort.part(each)
                certificate = attempt(part)
                proof = certificate and check(self._graph, self._machine, certificate, effort)
                if proof:
                    return proof
                self._tried[attempt] = each
                if not part.passed:
                    del self._tried[attempt]
        return None


def _covers(network: AbstractNetwork, machine: Machine) -> list[Attempt]:
    """Return attempts to cover what a network comes to."""

    def attempt(radius: float, effort: Effort) -> Certificate | None:
        widths = np.full(len(network.start), radius)
        return cover(network, machine, widths, WORDS, HALVINGS, effort)

    return [partial(attempt, radius) for radius in RADII]


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
