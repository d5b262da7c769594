"""Which terms a finite graph can do without, and how long that is looked for."""

from dataclasses import replace

import numpy as np

from bonsai_compiler.bench.compiling import noisy_shift_register
from bonsai_compiler.bench.machines import shift_register
from bonsai_compiler.equivalence.system import MachineSystem
from bonsai_compiler.networks.lift import lift
from bonsai_compiler.oracle import oracle as asked_of
from bonsai_compiler.oracle.oracle import SpecificationOracle, reachable_set
from bonsai_compiler.passes import remove_redundancy
from bonsai_compiler.passes.discretize import Discretize
from bonsai_compiler.passes.manager import Manager
from bonsai_compiler.passes.remove_redundancy import RemoveRedundancy


def test_the_joint_search_goes_through_so_many_pairs(monkeypatch):
    network = noisy_shift_register(1, 3, 4, np.random.default_rng(0))
    oracle = SpecificationOracle(MachineSystem(shift_register(1, 3)))
    lifted = lift(network, "noisy", ("x0",), ("y",))
    held = Discretize({state.name: (-1.0, 1.0) for state in lifted.states}).apply(lifted)
    found, asked = [], []
    for most in (remove_redundancy.SEARCHED, 0):
        monkeypatch.setattr(remove_redundancy, "SEARCHED", most)
        counted = Manager(oracle).oracle
        found.append(remove_redundancy.find_redundant_terms(held, counted))
        asked.append(counted.checks)
        assert oracle.proves(RemoveRedundancy(found[-1]).apply(held))
    assert 0 < len(found[1]) <= len(found[0])
    assert asked[1] < asked[0]


def test_neurons_side_by_side_do_as_each_alone(monkeypatch):
    chance = np.random.default_rng(2)
    network = noisy_shift_register(1, 3, 4, chance)
    oracle = SpecificationOracle(MachineSystem(shift_register(1, 3)))
    lifted = lift(network, "noisy", ("x0",), ("y",))
    held = Discretize({state.name: (-1.0, 1.0) for state in lifted.states}).apply(lifted)
    reached = reachable_set(held, oracle)
    monkeypatch.setattr(asked_of, "AT_ONCE", 5 * reached.size)
    met = set()
    for neuron in reached.graph.neurons:
        options = [neuron]
        for term in neuron.terms:
            left = tuple(other for other in neuron.terms if other != term)
            options += [
                replace(neuron, terms=left, bias=neuron.bias + share * term.weight)
                for share in (-1.0, 0.0, chance.normal())
            ]
        for option, effect in zip(options, reached.effects(options), strict=True):
            nodes = [option if node.name == option.name else node for node in reached.graph.nodes]
            alone = reached.with_graph(reached.graph.with_nodes(nodes))
            outputs = np.array_equal(alone.outputs, reached.outputs)
            following = np.array_equal(alone.following, reached.following)
            assert effect == (outputs, following)
            met.add(effect)
    assert {(True, True), (True, False), (False, True)} <= met
