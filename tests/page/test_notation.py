"""What the page takes for bits has two values, always; a bit it is not told of is a number."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from strategies import graphs, logic_graphs, random_bits

from bonsai_compiler.ir.interpreter import run
from bonsai_compiler.ir.text import load
from bonsai_compiler.page.notation import SIGNS, bits_of

NETWORK = """\
graph g
activation ameo = factor 0.5 leak 0.1
input  x in {-1, 1}
state  held = -0.5 then r near {-0.5, 2}
state  loose = 0.94 then r near {-1, 1}
state  follows = -1 then x
state  turns = 1 then not_turns
state  drifts = 1 then r
state  three = 0 then r near {-1, 0, 1}
neuron not_turns = linear(-1*turns)
neuron r = ameo(1*x + 0.5*held)
neuron both = ameo(1*x + 1*follows + 0.5)
neuron on = linear(1)
output y = r
"""


def test_bits_are_told_from_numbers():
    pairs = {"held": (-0.5, 2.0)} | dict.fromkeys(
        ("x", "follows", "turns", "not_turns", "on"), SIGNS
    )
    assert bits_of(load(NETWORK)) == pairs


@given(graphs(numbers=st.sampled_from([-1.0, 1.0, 0.5, 2.0, 0.0])), st.integers(0, 99))
def test_bits_have_two_values(graph, seed):
    values = run(graph, random_bits(20, len(graph.inputs), seed))
    for name, pair in bits_of(graph).items():
        assert np.isin(values[name], pair).all()


@given(logic_graphs())
def test_in_logic_bits_are_bools(graph):
    assert bits_of(graph) == {}
