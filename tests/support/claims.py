"""Certificates of small networks, ways to make them false, and runs that show that they are."""

from dataclasses import replace
from functools import lru_cache

import drifting
import numpy as np

from bonsai_compiler.equivalence.system import GraphSystem
from bonsai_compiler.regions.certificate import ON, abstract_network
from bonsai_compiler.regions.join import join
from bonsai_compiler.regions.memory import remembering
from bonsai_compiler.regions.prove import visited_hulls
from bonsai_compiler.system.effort import Effort


@lru_cache
def certified(name, letters=1, ticks=1):
    """A network, its machine, and a certificate that it is right."""
    graph, machine = drifting.NETWORKS[name]()
    refined, own = remembering(machine, letters, 100)
    network = abstract_network(graph, machine)
    found = join(network, refined, ticks, visited_hulls(graph, refined), Effort())
    return graph, machine, replace(found, states=own[found.states])


def violated(graph, machine, certificate, rng):
    """Whether a point of a region, or the start, shows that a certificate claims what is false."""
    system, width = GraphSystem(graph, machine.letters), certificate.low.shape[1]
    start = system.start()[0]
    if certificate.states[0] != 0 or not within(certificate, np.array([0]), start[None]).all():
        return True
    for region in range(len(certificate)):
        low, high = certificate.low[region], certificate.high[region]
        points = np.where(rng.random((12, width)) < 0.5, low, high)
        points = np.concatenate([points, rng.uniform(low, high, (12, width))])
        count = len(points)
        words, states = points, np.full(count, certificate.states[region])
        tree = np.zeros(count, dtype=int)
        if not machine.legal[certificate.states[region]].any():
            continue
        nodes = np.array([certificate.states[region]])
        for part in certificate.claims[region]:
            rows, letters = np.nonzero(machine.legal[nodes])
            if len(part) != len(rows):
                return True
            chosen = rng.integers(len(rows), size=count)
            fits = rows[chosen] == tree
            for place in np.flatnonzero(~fits):
                chosen[place] = rng.choice(np.flatnonzero(rows == tree[place]))
            tick = system.step(words, letters[chosen])
            wanted = machine.output[states, letters[chosen]]
            if ((wanted != 0) & (tick.outputs != wanted)).any():
                return True
            words = tick.states
            states = machine.successor[states, letters[chosen]]
            claim = part[chosen]
            ended = claim != ON
            if (certificate.states[claim[ended]] != states[ended]).any():
                return True
            if not within(certificate, claim[ended], words[ended]).all():
                return True
            on = part == ON
            nodes = machine.successor[nodes[rows], letters][on]
            renamed = np.cumsum(on) - 1
            words, states, tree = words[~ended], states[~ended], renamed[chosen[~ended]]
            count = len(words)
            if not count:
                break
        else:
            if count:
                return True
    return False


def within(certificate, regions, points):
    low, high = certificate.low[regions], certificate.high[regions]
    return ((low <= points) & (points <= high)).all(axis=1)


def _another_state(certificate, rng):
    states = certificate.states.copy()
    states[rng.integers(len(states))] = rng.choice(certificate.states)
    return replace(certificate, states=states)


def _other_bounds(certificate, rng):
    low, high = certificate.low.copy(), certificate.high.copy()
    region, place = rng.integers(len(low)), rng.integers(low.shape[1])
    share = rng.choice([-1.0, -0.3, 0.01, 0.3, 0.9])
    span = share * (high[region, place] - low[region, place])
    if rng.integers(2):
        low[region, place] += span
    else:
        high[region, place] -= span
    return replace(certificate, low=low, high=high)


def _another_claim(certificate, rng):
    claims = [list(parts) for parts in certificate.claims]
    parts = claims[rng.integers(len(claims))]
    if not parts:
        return certificate
    tick = int(rng.integers(len(parts)))
    part = parts[tick].copy()
    if len(part):
        part[rng.integers(len(part))] = rng.integers(ON, len(certificate))
    parts[tick] = part
    return replace(certificate, claims=tuple(map(tuple, claims)))


def _fewer_claims(certificate, rng):
    claims = list(certificate.claims)
    place = int(rng.integers(len(claims)))
    claims[place] = claims[place][:-1]
    return replace(certificate, claims=tuple(claims))


def _moved(certificate, rng):
    away = rng.choice([1e-3, 0.1, 1.0]) * rng.standard_normal(certificate.low.shape)
    away *= rng.integers(0, 2, (len(away), 1))
    return replace(certificate, low=certificate.low + away, high=certificate.high + away)


MUTATIONS = (_another_state, _other_bounds, _another_claim, _fewer_claims, _moved)
