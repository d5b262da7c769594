import pytest
from equations import solved
from hypothesis import given, settings
from programs import check_program
from strategies import all_situations, exact_graphs, logic_graphs, outputs_of, random_bits

from bonsai_compiler.backends import BACKENDS
from bonsai_compiler.equivalence.system import GraphSystem
from bonsai_compiler.ir.expression import UnreadableError
from bonsai_compiler.ir.graph import Dialect
from bonsai_compiler.ir.text import load
from bonsai_compiler.ir.verify import verify
from bonsai_compiler.oracle.compare import compare
from bonsai_compiler.passes.lower import Lower
from bonsai_compiler.passes.simplify import Simplify


def lowered(graph):
    return Lower(*all_situations(graph)).apply(graph)


def closing(graph):
    return all_situations(graph, 400) is not None


@settings(max_examples=100)
@given(exact_graphs().filter(closing))
def test_logic_behaves_as_the_neurons_do(graph):
    logic = lowered(graph)
    for result in (logic, Simplify().apply(logic)):
        verify(result)
        assert result.dialect is Dialect.LOGIC
        assert compare(GraphSystem(result), GraphSystem(graph)).kind == "proved"


@given(exact_graphs().filter(closing))
def test_every_state_keeps_to_its_levels(graph):
    logic = Simplify().apply(lowered(graph))
    situations = all_situations(logic)
    for place, state in enumerate(logic.states):
        assert set(situations[0][:, place]) <= set(state.levels or (0, 1))
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
