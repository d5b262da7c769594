"""Levels that states are held to get rounder numbers, and stay as evenly spaced as they were."""

import pytest

from bonsai_compiler.equivalence.system import GraphSystem
from bonsai_compiler.ir.text import load
from bonsai_compiler.oracle.oracle import SpecificationOracle
from bonsai_compiler.passes.discretize import Discretize
from bonsai_compiler.passes.manager import Manager

COUNTER = """
graph counter
activation ameo = factor 1 leak 0.1
input  x in {{-1, 1}}
state  s0 = {0} then r0 near {{{levels}}}
neuron r0 = ameo({weight}*x - 1*s0)
output y = r0
"""


@pytest.mark.parametrize(
    ("levels", "wanted"),
    [
        ((-1, -0.3333333432674408, 0.3333333432674408, 1), (-1.0, -0.33, 0.33, 1.0)),
        ((-1, -0.75, -0.5, -0.25, 0, 0.25, 0.5, 0.75, 1), None),
        ((-0.98, 0.01, 1.02), (-1.0, 0.0, 1.0)),
    ],
)
def test_levels_are_rounded_as_far_as_they_stay_even(levels, wanted):
    gap = levels[1] - levels[0]
    text = COUNTER.format(levels[0], levels=", ".join(map(repr, levels)), weight=gap / 2)
    graph = load(text)
    manager = Manager(SpecificationOracle(GraphSystem(graph)))
    found = manager.search(Discretize, graph)
    assert found == Discretize({} if wanted is None else {"s0": wanted})
