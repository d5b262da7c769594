"""What the levels of a network's states stand for."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from machines import walk
from strategies import finite_graphs, random_bits

from bonsai_compiler.equivalence.system import GraphSystem
from bonsai_compiler.fsm.closed import encoding_of
from bonsai_compiler.fsm.mealy import tabulated
from bonsai_compiler.ir.interpreter import evaluate_nodes, initial_states, next_states
from bonsai_compiler.ir.text import load
from bonsai_compiler.specification.machine import minimal_classes, quotient


def states_of(graph, sequence):
    """The states of a graph before each tick, and after the last."""
    met = [initial_states(graph)]
    for bits in sequence:
        values = evaluate_nodes(graph, met[-1], bits[None, :])
        met.append(next_states(graph, values, 1))
    return np.concatenate(met)


@given(finite_graphs(), st.integers(0, 99))
def test_levels_stand_for_the_states_that_the_graph_is_in(graph, seed):
    own = GraphSystem(graph)
    whole = tabulated(own)
    classes = minimal_classes(whole.machine)
    machine, encoding = quotient(whole.machine, classes), encoding_of(own, whole.states, classes)
    joints = [joint for members in encoding.members for joint in members]
    assert len(joints) == len(set(joints)) == whole.machine.size
    sequence = random_bits(100, len(graph.inputs), seed)
    for row, state in zip(states_of(graph, sequence), walk(machine, sequence)[0], strict=True):
        assert tuple(row.tolist()) in {
            tuple(
                encoding.legend[name][title] if name in encoding.legend else float(title)
                for name, title in zip(encoding.names, joint, strict=True)
            )
            for joint in encoding.members[state]
        }


@given(finite_graphs())
def test_the_states_that_add_nothing_are_as_many_as_can_go_together(graph):
    own = GraphSystem(graph)
    whole = tabulated(own)
    classes = minimal_classes(whole.machine)
    encoding = encoding_of(own, whole.states, classes)

    def tells(kept):
        told = {(tuple(row[kept]), own) for row, own in zip(whole.states, classes, strict=True)}
        return len({rest for rest, _ in told}) == len(told)

    kept = [place for place, name in enumerate(encoding.names) if name not in encoding.needless]
    assert tells(kept)
    assert not any(tells([other for other in kept if other != place]) for place in kept)


def encoding(text):
    own = GraphSystem(load(text))
    whole = tabulated(own)
    return encoding_of(own, whole.states, minimal_classes(whole.machine))


def test_two_and_three_levels_have_the_article_s_names():
    found = encoding(
        "graph g\nstate s0 = -1 then n near {-1, 0.5, 1}\nstate s1 = -1 then s0\n"
        "neuron n = linear(1*s0 + 1)\noutput y = s1\n"
    )
    assert found.legend == {
        "s0": {"L": -1, "Z": 0.5, "H": 1},
        "s1": {"L": -1, "Z": 0.5, "H": 1},
    }
    assert found.members == ((("L", "L"),), (("Z", "L"),), (("H", "Z"), ("H", "H")))


def test_more_levels_are_numbered_and_logic_is_its_own_name():
    found = encoding(
        "graph g\nstate s = 0 then n near {0, 1, 2, 3}\nneuron n = linear(1*s + 1)\noutput y = s\n"
    )
    assert found.legend == {"s": {"0": 0, "1": 1, "2": 2, "3": 3}}
    assert found.members == ((("0",),), (("1",), ("2",), ("3",)))
    found = encoding(
        "graph g (logic)\nstate a = True then b\nstate s = 1 then s near {0, 1, 2}\n"
        "logic b = not a\noutput y = a\n"
    )
    assert (found.legend, found.needless) == ({}, ("s",))
    assert found.members == ((("1", "1"),), (("0", "1"),))


def test_of_two_mirrored_states_one_adds_nothing():
    found = encoding(
        "graph g\ninput x in {-1, 1}\nstate s0 = -1 then n\nstate s1 = 1 then m\n"
        "neuron n = linear(1*x)\nneuron m = linear(-1*x)\noutput y = s0\n"
    )
    assert found.needless == ("s1",)
    assert found.members == ((("L", "H"),), (("H", "L"),))
