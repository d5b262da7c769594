from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
from equations import solved
from hypothesis import given, settings
from integers import ADDITION, NETWORK
from programs import check_program
from strategies import all_pairs, exact_graphs, logic_graphs, outputs_of, random_bits

from bonsai_compiler.backends import BACKENDS
from bonsai_compiler.driver.target import target_of_task
from bonsai_compiler.equivalence.system import GraphSystem
from bonsai_compiler.ir.activation import Activation
from bonsai_compiler.ir.expression import UnreadableError
from bonsai_compiler.ir.graph import Dialect
from bonsai_compiler.ir.text import load
from bonsai_compiler.ir.verify import verify
from bonsai_compiler.networks.lift import lift
from bonsai_compiler.networks.network import Cell, Dense, Network
from bonsai_compiler.oracle.compare import compare
from bonsai_compiler.oracle.oracle import SpecificationOracle
from bonsai_compiler.passes import lower
from bonsai_compiler.passes.lower import Lower
from bonsai_compiler.passes.simplify import Simplify
from bonsai_compiler.specification.task_file import read_task
from bonsai_compiler.system.deadline import NEVER


def lowered(graph):
    return Lower(*all_pairs(graph)).apply(graph)


def closing(graph):
    return all_pairs(graph, 400) is not None


@settings(max_examples=60)
@given(exact_graphs().filter(closing))
def test_logic_behaves_as_the_neurons_do(graph):
    logic = lowered(graph)
    for result in (logic, Simplify().apply(logic)):
        verify(result)
        assert result.dialect is Dialect.LOGIC
        assert compare(GraphSystem(result), GraphSystem(graph)).kind == "proved"


def between(graph):
    """The neurons that neither a state nor an output reads."""
    ends = {state.next for state in graph.states} | {end.source for end in graph.outputs}
    return {node.name for node in graph.neurons} - ends


@settings(max_examples=60)
@given(exact_graphs().filter(closing))
def test_a_large_graph_is_lowered_without_the_neurons_in_between(graph):
    with patch.object(lower, "MOST_NEURONS", 0):
        logic = lowered(graph)
    assert not between(graph) & {node.name for node in logic.nodes}
    for result in (logic, Simplify().apply(logic)):
        verify(result)
        assert compare(GraphSystem(result), GraphSystem(graph)).kind == "proved"


def wide(seed, levels, states=3, outputs=2, neurons=40):
    """A graph of random weights with more neurons than are written."""
    rng = np.random.default_rng(seed)
    kind = Activation("ameo", 0.2, 0.1)
    sizes = (neurons, 2 + states), (neurons,)
    layer = Dense(*(rng.normal(size=size) for size in sizes), kind)
    rows = neurons + 2 + states
    sizes = (rows, outputs), (outputs,), (rows, states), (states,), (states,)
    part = Cell(*(rng.normal(size=size) for size in sizes), kind, kind, layer, (levels,) * states)
    names = (f"x{place}" for place in range(2)), (f"y{place}" for place in range(outputs))
    return lift(Network(2, outputs, (part,), ()), "wide", *map(tuple, names))


@pytest.mark.parametrize("seed", range(6))
def test_a_program_of_a_wide_network_is_proved_equal_to_it(seed):
    graph = wide(seed, (-1.0, 1.0) if seed % 2 else (-1.0, 0.0, 1.0))
    assert len(list(graph.neurons)) > lower.MOST_NEURONS
    logic = lowered(graph)
    assert not between(graph) & {node.name for node in logic.nodes}
    assert compare(GraphSystem(logic), GraphSystem(graph)).kind == "proved"
    simple = Simplify().apply(logic)
    check_program(simple, BACKENDS["python"](simple))
    oracle = SpecificationOracle(GraphSystem(graph))
    found = Lower.search(graph, oracle, NEVER)
    result = found.apply(graph)
    assert oracle.verdict(oracle.candidate(result)).kind == "proved"


@pytest.mark.parametrize("most", [0, lower.MOST_NEURONS])
def test_integers_are_read_and_written_by_large_graphs_too(most):
    graph = load(NETWORK)
    oracle = target_of_task(read_task(ADDITION.encode(), Path("addition.py"))).oracle
    with patch.object(lower, "MOST_NEURONS", most):
        logic = Lower.search(graph, oracle, NEVER).apply(graph)
    verify(logic)
    assert oracle.verdict(oracle.candidate(logic)).kind == "proved"
    names = {node.name for node in logic.nodes}
    assert {"a", "b"} < names
    assert (not between(graph) & names) == (most == 0)


@given(exact_graphs().filter(closing))
def test_every_state_keeps_to_its_levels(graph):
    logic = Simplify().apply(lowered(graph))
    pairs = all_pairs(logic)
    for place, state in enumerate(logic.states):
        assert set(pairs[0][:, place]) <= set(state.levels or (0, 1))
        assert state.levels == tuple(range(len(state.levels)))


@given(logic_graphs())
def test_simplifying_keeps_behaviour_and_is_done_once(graph):
    simple = Simplify().apply(graph)
    verify(simple)
    assert Simplify().apply(simple) == simple
    assert compare(GraphSystem(simple), GraphSystem(graph)).kind == "proved"


HAND_WRITTEN = {
    "levels hold what would run away": """\
        graph g (logic)
        state s = 0 then n near {0, 1, 2}
        logic n = s + 1
        logic a = s == 2
        output y = a""",
    "an output is true above zero": """\
        graph g (logic)
        state s = 0 then n near {0, 1, 2}
        logic n = (1, 2, 0)[s]
        output y = n""",
    "a repeated function over a table": """\
        graph g (logic)
        state s = 0 then n near {0, 1, 2}
        logic m = min(s + 1, 2)
        logic n = (2, 2, 0)[m]
        logic a = n == 0
        output y = a""",
    "an input goes straight through": """\
        graph g (logic)
        input x0 in {False, True}
        state s = False then x0
        output y = s
        output z = x0""",
    "numbers that are chosen and compared": """\
        graph g (logic)
        input x0 in {False, True}
        input x1 in {False, True}
        state s = 0 then n near {0, 1, 2}
        logic n = (1, 2, 0)[s]
        logic a = (s if x0 else 0) == (1 if x1 else 2)
        output y = a""",
    "a table at a number": """\
        graph g (logic)
        input x0 in {False, True}
        logic a = (2, 0, 1)[2] == 1
        logic b = (2, 0, 1)[0] == 1
        output y = a
        output z = b""",
    "a bool that a level is fed with": """\
        graph g (logic)
        input x0 in {False, True}
        state s = 2 then x0 near {0, 1, 2}
        logic a = (0, 2, 1)[s] == 2
        output y = a
        output z = s""",
    "a constant": "graph g (logic)\ninput x0 in {False, True}\nlogic a = True\noutput y = a",
}


@pytest.mark.parametrize("name", HAND_WRITTEN)
def test_hand_written_logic_is_emitted_as_it_runs(name):
    graph = load(HAND_WRITTEN[name])
    verify(graph)
    check_program(graph, BACKENDS["python"](graph))


@pytest.mark.parametrize("name", HAND_WRITTEN)
def test_hand_written_logic_has_equations(name):
    graph = load(HAND_WRITTEN[name])
    sequence = random_bits(12, len(graph.inputs))
    assert solved(BACKENDS["boolean"](graph), graph, sequence) == outputs_of(graph, sequence)


@pytest.mark.parametrize("name", HAND_WRITTEN)
def test_hand_written_logic_is_simplified(name):
    graph = load(HAND_WRITTEN[name])
    simple = Simplify().apply(graph)
    verify(simple)
    assert compare(GraphSystem(simple), GraphSystem(graph)).kind == "proved"


def saturating(most):
    """Count up and down from -most to most, and ask whether the count is above 0."""
    levels = ", ".join(map(str, range(-most, most + 1)))
    return load(f"""\
graph count
input  x in {{-1, 1}}
state  s0 = 0 then r0 near {{{levels}}}
neuron r0 = linear(1*s0 + 1*x)
output y = s0
""")


def test_a_state_of_many_levels_is_not_lowered():
    assert lowered(saturating(3)).states[0].levels == tuple(range(7))
    with pytest.raises(UnreadableError, match="s0 has 81 levels"):
        lowered(saturating(40))
