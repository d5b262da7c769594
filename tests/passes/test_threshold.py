"""The machine that thresholds tell: networks whose states never repeat, and what must not pass."""

from dataclasses import replace

import drifting
import numpy as np
import pytest

from bonsai_compiler.equivalence.system import MachineSystem
from bonsai_compiler.ir.graph import Dialect
from bonsai_compiler.logic.thresholds import MOST_CUTS, telling
from bonsai_compiler.oracle.oracle import SpecificationOracle
from bonsai_compiler.passes.manager import Manager
from bonsai_compiler.passes.pipeline import read_machine
from bonsai_compiler.passes.threshold import Threshold
from bonsai_compiler.system.deadline import NEVER


def oracle_of(machine):
    return SpecificationOracle(MachineSystem(machine))


@pytest.mark.parametrize("name", drifting.NETWORKS)
def test_the_machine_of_a_network_is_proved(name):
    graph, machine = drifting.NETWORKS[name]()
    compiled = read_machine(graph, Manager(oracle_of(machine)))
    assert compiled.settled
    assert [step.check for step in compiled.steps] == ["", "proved", "proved"]
    assert compiled.graph.dialect is Dialect.LOGIC
    assert compiled.neurons == graph
    assert len(compiled.state_map.codes) == machine.minimal_size


@pytest.mark.parametrize("name", ["delay2", "gated", "parity"])
def test_the_map_tells_the_states_that_runs_meet(name):
    graph, machine = drifting.NETWORKS[name]()
    oracle = oracle_of(machine)
    found = Threshold.search(graph, oracle, NEVER).map
    sample = oracle.sample(graph)
    names = [state.name for state in graph.states]
    codes = np.zeros((len(sample.states), len(found.cuts)), dtype=int)
    for place, (state, cuts) in enumerate(found.cuts.items()):
        column = sample.states[:, names.index(state)]
        codes[:, place] = (column[:, None] > np.array(cuts)).sum(axis=1)
    assert (codes == np.array(found.codes)[sample.classes]).all()
    assert set(found.shares) == {1.0}
    assert found.told == found.met > 0


def test_a_network_that_is_another_machine_is_left_as_it_is():
    graph, _ = drifting.parity()
    _, machine = drifting.delay2()
    compiled = read_machine(graph, Manager(oracle_of(machine)))
    assert not compiled.settled
    assert compiled.steps[1].summary.startswith("left out")
    assert compiled.state_map is None
    assert compiled.graph.dialect is Dialect.NEURONS


@pytest.mark.parametrize("field", ["following", "outputs"])
def test_a_table_with_a_fault_is_refuted(field):
    graph, machine = drifting.parity()
    oracle = oracle_of(machine)
    made = Threshold.search(graph, oracle, NEVER)
    broken = getattr(made, field).copy()
    broken[0] = 1 - broken[0] if field == "following" else -broken[0]
    applied = Manager(oracle).apply(Threshold, graph, replace(made, **{field: broken}))
    assert applied.refuted
    assert not applied.finite


def test_an_exclusive_or_of_two_columns_is_told_by_both():
    rng = np.random.default_rng(0)
    signs = rng.choice([-1.0, 1.0], size=(200, 2))
    states = signs + rng.normal(scale=0.05, size=(200, 2))
    found = telling(states, (signs[:, 0] != signs[:, 1]).astype(int))
    assert list(found.cuts) == [0, 1]
    assert all(abs(cut) < 0.5 for own in found.cuts.values() for cut in own)


def test_the_fewest_thresholds_are_chosen_and_the_widest():
    rng = np.random.default_rng(1)
    classes = np.arange(300) % 3
    noise = rng.uniform(-1, 1, size=(300, 3)) * [0.3, 0.3, 0.1]
    narrow = np.stack([classes == 1, classes == 2, 3.0 * classes], axis=1)
    found = telling(narrow + noise, classes)
    assert list(found.cuts) == [2]
    low, high = found.cuts[2]
    assert 0.5 < low < 2.5 < 3.5 < high < 5.5


def test_classes_that_nothing_tells_end():
    states = np.random.default_rng(2).normal(size=(300, 2))
    found = telling(states, np.arange(300) % 2)
    assert sum(map(len, found.cuts.values())) <= MOST_CUTS
    assert telling(states, np.zeros(300, dtype=int)).cuts == {}
