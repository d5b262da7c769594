"""Certificates: what is true of them is confirmed, and what is made false is refused."""

from dataclasses import replace

import drifting
import numpy as np
import pytest
from claims import MUTATIONS, certified, violated, within
from hypothesis import given, settings
from hypothesis import strategies as st

from bonsai_compiler.equivalence.search import explore
from bonsai_compiler.equivalence.system import GraphSystem, MachineSystem
from bonsai_compiler.ir.liveness import live_part
from bonsai_compiler.oracle.falsify import random_simulation
from bonsai_compiler.regions.certificate import check
from bonsai_compiler.regions.prove import Prover
from bonsai_compiler.system.effort import Effort

names = st.sampled_from(sorted(drifting.NETWORKS))


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
        assert within(certificate, regions, given.states).all()
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
