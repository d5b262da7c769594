"""The attempts to prove a network by regions, from the cheapest on."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
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
from bonsai_compiler.system.deadline import NEVER, Deadline

RADII, WORDS = (0.4, 0.2, 0.1, 0.05, 0.025), (4, 8, 12)
"""Half-widths of the boxes of covers, and how many ticks words from one are followed."""

HALVINGS = 3
"""How often the boxes of a cover may be halved."""

MEMORIES, STEPS = range(9), (1, 2, 3, 4, 6)
"""How many letters are remembered, and how many ticks lie between the regions of joins."""

FURTHER_STEPS = 4
"""So many ticks more than letters are remembered are worth a try."""

MOST_STATES = 3_000
"""How many states a machine that remembers may have."""

COVERS, SHARE = 0.6, 0.3
"""How much of the time is for covers, and how much of what is left one attempt may take."""

RUNS, TICKS = 128, 100


def prove(
    graph: Graph, machine: Machine, deadline: Deadline = NEVER, attempts: int | None = None
) -> Proof | None:
    """Return a proof that a graph of neurons does as a machine does on every legal word.

    None where none was found in time, or in so many attempts of each kind, which says nothing about
    the graph.
    """
    graph = live_part(graph)
    network = abstract_network(graph, machine)
    for certificate in chain(
        _covers(network, machine, deadline.within(COVERS), attempts),
        _joins(network, graph, machine, deadline, attempts),
    ):
        proof = check(graph, machine, certificate, deadline)
        if proof is not None:
            return proof
    return None


def _covers(
    network: AbstractNetwork, machine: Machine, deadline: Deadline, attempts: int | None
) -> Iterator[Certificate]:
    sizes = [(radius, ticks) for radius in RADII for ticks in WORDS]
    # Smaller boxes take as much longer as longer words do.
    sizes.sort(key=lambda pair: pair[1] - 4 * log2(pair[0]))
    for radius, ticks in sizes[:attempts]:
        if deadline.passed:
            return
        widths = np.full(len(network.start), radius)
        soon = deadline.within(SHARE)
        certificate = cover(network, machine, widths, ticks, HALVINGS, soon)
        if certificate is not None:
            yield certificate


def _joins(
    network: AbstractNetwork,
    graph: Graph,
    machine: Machine,
    deadline: Deadline,
    attempts: int | None,
) -> Iterator[Certificate]:
    known: dict[int, tuple[Machine, Numbers, tuple[Floats, Floats]] | None] = {}
    sizes = [(letters, ticks) for letters in MEMORIES for ticks in STEPS]
    sizes = [pair for pair in sizes if pair[1] <= pair[0] + FURTHER_STEPS]
    for letters, ticks in sorted(sizes, key=lambda pair: (sum(pair), pair[1]))[:attempts]:
        if deadline.passed:
            return
        if letters not in known:
            found = remembering(machine, letters, MOST_STATES)
            known[letters] = None if found is None else (*found, visited_hulls(graph, found[0]))
        kept = known[letters]
        if kept is None:
            continue
        refined, own, visited = kept
        certificate = join(network, refined, ticks, visited, deadline.within(SHARE))
        if certificate is not None:
            yield replace(certificate, states=own[certificate.states])


def visited_hulls(graph: Graph, machine: Machine, seed: int = 0) -> tuple[Floats, Floats]:
    """Return the least and greatest values that random legal runs meet in each of its states."""
    rng = np.random.default_rng(seed)
    system = GraphSystem(graph, machine.letters)
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
