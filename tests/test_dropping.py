"""Which terms a finite graph can do without, and how long that is looked for."""

import numpy as np

from bonsai_compiler.bench.compiling import noisy_shift_register
from bonsai_compiler.bench.machines import shift_register
from bonsai_compiler.equivalence.system import MachineSystem
from bonsai_compiler.networks.lift import lift
from bonsai_compiler.oracle.oracle import SpecificationOracle
from bonsai_compiler.passes import drop
from bonsai_compiler.passes.drop import Drop
from bonsai_compiler.passes.manager import Manager
from bonsai_compiler.passes.snap import Snap


def test_the_joint_search_goes_through_so_many_situations(monkeypatch):
    network = noisy_shift_register(1, 3, 4, np.random.default_rng(0))
    oracle = SpecificationOracle(MachineSystem(shift_register(1, 3)))
    lifted = lift(network, "noisy", ("x0",), ("y",))
    held = Snap({state.name: (-1.0, 1.0) for state in lifted.states}).apply(lifted)
    found, asked = [], []
    for most in (drop.SEARCHED, 0):
        monkeypatch.setattr(drop, "SEARCHED", most)
        counted = Manager(oracle).oracle
        found.append(drop.find_droppable(held, counted))
        asked.append(counted.checks)
        assert oracle.proves(Drop(found[-1]).apply(held))
    assert 0 < len(found[1]) <= len(found[0])
    assert asked[1] < asked[0]
