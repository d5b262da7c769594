"""Certificates: what is true of them is confirmed, and what is made false is refused."""

from dataclasses import replace
from functools import lru_cache

import drifting
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bonsai_compiler.equivalence.search import explore
from bonsai_compiler.equivalence.system import GraphSystem, MachineSystem
from bonsai_compiler.ir.liveness import live_part
from bonsai_compiler.oracle.falsify import random_simulation
from bonsai_compiler.regions.certificate import ON, abstract_network, check
from bonsai_compiler.regions.join import join
from bonsai_compiler.regions.memory import remembering
from bonsai_compiler.regions.prove import Prover, visited_hulls
from bonsai_compiler.system.effort import Effort

names = st.sampled_from(sorted(drifting.NETWORKS))


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
    if certificate.states[0] != 0 or not _within(certificate, np.array([0]), start[None]).all():
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
            if not _within(certificate, claim[ended], words[ended]).all():
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


def _within(certificate, regions, points):
    low, high = certificate.low[regions], certificate.high[regions]
    return ((low <= points) & (points <= high)).all(axis=1)


@pytest.mark.parametrize("name", sorted(drifting.NETWORKS))
@pytest.mark.parametrize("ticks", [1, 2, 3])
def test_a_true_certificate_is_confirmed(name, ticks):
    graph, machine, certificate = certified(name, ticks=ticks)
    proof = check(graph, machine, certificate)
    assert proof is not None
    assert proof.regions == len(certificate)
    assert proof.ticks == ticks
    assert 0 < proof.slack < 1e-4
    assert not violated(graph, machine, certificate, np.random.default_rng(0))


@pytest.mark.parametrize("name", sorted(drifting.NETWORKS))
def test_long_runs_keep_to_the_regions(name):
    graph, machine, certificate = certified(name, letters=2)
    system, rng = GraphSystem(graph, machine.letters), np.random.default_rng(3)
    states, letters = drifting.legal_letters(machine, rng, 64, 400)
    values, regions = np.repeat(system.start(), 64, axis=0), np.zeros(64, dtype=int)
    for tick, chosen in enumerate(letters):
        given = system.step(values, chosen)
        expected = machine.output[states[tick], chosen]
        assert ((expected == 0) | (given.outputs == expected)).all()
        legal = machine.legal[states[tick]]
        places = (np.cumsum(legal, axis=1) - 1)[np.arange(64), chosen]
        told = zip(regions, places, strict=True)
        regions = np.array([certificate.claims[region][0][place] for region, place in told])
        assert (certificate.states[regions] == states[tick + 1]).all()
        assert _within(certificate, regions, given.states).all()
        values = given.states


@given(names, st.integers(0, 2), st.integers(1, 3), st.integers(0, 2**32 - 1))
def test_a_certificate_that_is_made_false_is_refused(name, letters, ticks, seed):
    graph, machine, certificate = certified(name, letters, ticks)
    rng = np.random.default_rng(seed)
    changed = certificate
    for _ in range(int(rng.integers(1, 3))):
        changed = MUTATIONS[int(rng.integers(len(MUTATIONS)))](changed, rng)
    if violated(graph, machine, changed, rng):
        assert check(graph, machine, changed) is None


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


def test_mutations_do_make_certificates_false():
    graph, machine, certificate = certified("delay2", 2)
    rng = np.random.default_rng(0)
    for mutation in MUTATIONS:
        tries = [mutation(certificate, rng) for _ in range(20)]
        assert any(violated(graph, machine, changed, rng) for changed in tries), mutation


@pytest.mark.parametrize("change", ["nan", "inverted", "elsewhere", "beyond", "negative"])
def test_a_certificate_that_means_nothing_is_refused(change):
    graph, machine, certificate = certified("delay2")
    low, high, states = (
        part.copy() for part in (certificate.low, certificate.high, certificate.states)
    )
    claims = certificate.claims
    match change:
        case "nan":
            low[1, 0] = np.nan
        case "inverted":
            low, high = high, low
        case "elsewhere":
            low, high = low[:, :1], high[:, :1]
        case "beyond":
            claims = tuple((part + len(states),) for (part,) in claims)
        case "negative":
            claims = tuple((part * 0 - 2,) for (part,) in claims)
    assert check(graph, machine, replace(certificate, low=low, high=high, claims=claims)) is None


@settings(max_examples=30)
@given(names, st.floats(0, 1.5), st.integers(0, 2**32 - 1))
def test_a_wrong_network_is_never_proved(name, scale, seed):
    graph, machine = drifting.NETWORKS[name]()
    graph = drifting.shaken(graph, np.random.default_rng(seed), scale)
    proof = Prover(graph, machine, attempts=3).prove(Effort())
    if proof is not None:
        candidate, wanted = GraphSystem(live_part(graph), machine.letters), MachineSystem(machine)
        assert explore(candidate, wanted, ticks=5).failing is None
        rng = np.random.default_rng(seed)
        assert random_simulation(candidate, wanted, rng, 64, 100).failing is None


def test_shaken_networks_are_right_or_wrong():
    rng, found = np.random.default_rng(1), []
    for name in sorted(drifting.NETWORKS) * 4:
        graph, machine = drifting.NETWORKS[name]()
        graph = drifting.shaken(graph, rng, rng.choice([0.05, 0.8]))
        found.append(Prover(graph, machine, attempts=3).prove(Effort()) is not None)
    assert 4 <= sum(found) <= 12
