import math

import pytest
from hypothesis import given
from strategies import graphs, logic_graphs

from bonsai_compiler.activation import Activation
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir import Dialect, Graph, Input, Logic, Neuron, Output, State, Term
from bonsai_compiler.text import load
from bonsai_compiler.verify import MalformedGraphError, verify

AMEO = (("ameo", Activation("ameo", 0.5, 0.1)),)
GOOD = (
    Input("value"),
    State("state0", -1.0, "recurrent", (-1.0, 1.0)),
    Neuron("recurrent", "ameo", 0.5, (Term(1.0, "value"), Term(-1.0, "state0"))),
    Output("y", "recurrent"),
)


def complaint(*nodes, dialect=Dialect.NEURONS, activations=AMEO, place=""):
    with pytest.raises(MalformedGraphError) as caught:
        verify(Graph("g", nodes, activations, dialect), place)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def with_neuron(*terms, activation="ameo", bias=0.0):
    return complaint(*GOOD[:3], Neuron("n", activation, bias, terms), GOOD[3])


@given(graphs())
def test_random_graphs_are_well_formed(graph):
    verify(graph)


@given(logic_graphs())
def test_random_logic_is_well_formed(graph):
    verify(graph)


def test_a_fault_is_the_users():
    assert issubclass(MalformedGraphError, BonsaiError)


def test_the_place_is_named():
    assert complaint(GOOD[0], place="after clip").startswith("after clip: ")


def test_a_missing_name_is_told_with_the_near_one_and_its_line():
    message = with_neuron(Term(1.0, "reccurent"))
    assert "neuron n = ameo(1*reccurent)" in message
    assert "there is no 'reccurent'" in message
    assert "did you mean 'recurrent'?" in message


def test_nothing_near_is_no_suggestion():
    assert "did you mean" not in with_neuron(Term(1.0, "zzz"))


def test_reading_below_is_a_fault_of_neurons_but_not_of_states():
    below = complaint(GOOD[0], Neuron("n", "ameo", 0.0, (Term(1.0, "recurrent"),)), *GOOD[1:])
    assert "'recurrent' stands below" in below
    verify(Graph("g", GOOD, AMEO))


def test_a_neuron_cannot_read_itself():
    assert "stands below" in with_neuron(Term(1.0, "n"))


def test_an_output_reads_only_what_is_there():
    assert "there is no 'recurent'" in complaint(*GOOD[:3], Output("y", "recurent"))


def test_no_node_reads_an_output():
    assert "there is no 'y'" in complaint(*GOOD, Neuron("n", "ameo", 0.0, (Term(1.0, "y"),)))
    assert "there is no 'y'" in complaint(*GOOD, State("s", 0.0, "y"))


def test_the_next_of_a_state_exists():
    message = complaint(GOOD[0], State("state0", -1.0, "recurrnt"), *GOOD[2:])
    assert "there is no 'recurrnt'; did you mean 'recurrent'?" in message


@pytest.mark.parametrize(
    "twin", [Input("value"), State("value", 0.0, "value"), Output("value", "y")]
)
def test_names_are_distinct(twin):
    assert "2 nodes are called 'value'" in complaint(*GOOD, twin)


def test_an_output_has_a_name_of_its_own():
    assert "'recurrent'" in complaint(*GOOD, Output("recurrent", "recurrent"))


def test_there_is_an_output():
    assert "output" in complaint(*GOOD[:3])


def test_activations_are_declared_once():
    assert "no activation is called 'amoe'; did you mean 'ameo'?" in with_neuron(activation="amoe")
    assert "declared twice" in complaint(*GOOD, activations=AMEO + AMEO)


def test_linear_needs_no_declaration():
    verify(Graph("g", (*GOOD, Neuron("n", "linear", 0.0, ())), AMEO))


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan])
def test_numbers_are_finite(value):
    assert "finite" in with_neuron(Term(value, "value"))
    assert "finite" in with_neuron(bias=value)
    assert "finite" in complaint(*GOOD, State("s", value, "value"))
    assert "finite" in complaint(*GOOD, State("s", 0.0, "value", (value,)))


@pytest.mark.parametrize("value", [math.inf, math.nan])
def test_the_numbers_of_an_activation_are_finite(value):
    for activation in (Activation("ameo", value, 0.1), Activation("ameo", 0.5, value)):
        assert "finite" in complaint(*GOOD, activations=(("ameo", activation),))


@pytest.mark.parametrize("levels", [(1.0, -1.0), (0.0, 0.0)])
def test_levels_ascend(levels):
    assert "levels must ascend" in complaint(*GOOD, State("s", 0.0, "value", levels))


def test_an_argument_is_weighted_once():
    assert "weighted twice" in with_neuron(Term(1.0, "value"), Term(2.0, "value"))


def test_each_node_belongs_to_its_dialect():
    assert "does not belong" in complaint(*GOOD, Logic("l", "value"))
    assert "does not belong" in complaint(*GOOD, dialect=Dialect.LOGIC)


@pytest.mark.parametrize(
    "expression", ["value +", "value ** 2", "open('x')", "1.5", "3 % 0", "3 % value", "3 % True"]
)
def test_an_expression_outside_the_language_is_a_fault(expression):
    nodes = Input("value"), Logic("l", expression), Output("y", "l")
    assert expression.split()[0] in complaint(*nodes, dialect=Dialect.LOGIC)


def test_a_logic_node_reads_only_what_stands_above():
    nodes = Input("value"), Logic("a", "b or valeu"), Logic("b", "value"), Output("y", "a")
    message = complaint(*nodes, dialect=Dialect.LOGIC)
    assert "'b' stands below" in message
    assert "did you mean 'value'?" in message


def test_all_faults_are_told_at_once():
    text = """
        graph g
        state s = 0 then nowhere near {1, 0}
        state s = 0 then s
        neuron a = amoe(1*b + 1*b)
        neuron b = linear(1*missing)
    """
    with pytest.raises(MalformedGraphError) as caught:
        verify(load(text.strip()))
    for clause in (
        "2 nodes are called 's'",
        "no 'nowhere'",
        "levels must ascend",
        "'amoe'",
        "'b' stands below",
        "weighted twice",
        "no 'missing'",
        "output",
    ):
        assert clause in str(caught.value)


@pytest.mark.parametrize(
    ("expression", "clause"),
    [
        ("x and s", "'s' must be a bool"),
        ("not s", "'s' must be a bool"),
        ("x % 2", "'x' must be a number"),
        ("x + 1 == x", "'x' must be a number"),
        ("x < s", "'x' must be a number"),
        ("x == s", "'s' must be a bool"),
        ("s if s else 0", "'s' must be a bool"),
        ("x if x else s", "'s' must be a bool"),
        ("(2, True)[s]", "'True' must be a number"),
        ("min(s, x)", "'x' must be a number"),
    ],
)
def test_logic_does_not_mix_bools_and_levels(expression, clause):
    state = State("s", 0, "s", (0, 1, 2))
    nodes = (Input("x"), state, Logic("a", expression), Output("y", "a"))
    assert clause in complaint(*nodes, dialect=Dialect.LOGIC)
