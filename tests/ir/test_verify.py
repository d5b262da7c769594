import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import all_pairs, graphs, logic_graphs

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir import values
from bonsai_compiler.ir.activation import Activation
from bonsai_compiler.ir.graph import Dialect, Graph, Input, Logic, Neuron, Output, State, Term
from bonsai_compiler.ir.interpreter import evaluate_nodes
from bonsai_compiler.ir.parsing import parse
from bonsai_compiler.ir.text import load
from bonsai_compiler.ir.values import are_among, is_truth
from bonsai_compiler.ir.verify import MalformedGraphError, verify
from bonsai_compiler.logic.domains import value_domains

AMEO = (("ameo", Activation("ameo", 0.5, 0.1)),)
GOOD = (
    Input("value"),
    State("state0", -1.0, "recurrent", (-1.0, 1.0)),
    Neuron("recurrent", "ameo", 0.5, (Term(1.0, "value"), Term(-1.0, "state0"))),
    Output("y", "recurrent"),
)


def logic(name, text):
    return Logic(name, parse(text))


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
    assert "does not belong" in complaint(*GOOD, logic("l", "value"))
    assert "does not belong" in complaint(*GOOD, dialect=Dialect.LOGIC)


@pytest.mark.parametrize(
    "expression", ["value +", "value ** 2", "open('x')", "1.5", "3 % 0", "3 % value", "3 % True"]
)
def test_an_expression_outside_the_language_is_a_fault(expression):
    with pytest.raises(BonsaiError, match=r"^<text>:2: ") as caught:
        load(f"graph g (logic)\nlogic l = {expression}")
    assert expression.split()[0] in str(caught.value)


def test_a_logic_node_reads_only_what_stands_above():
    nodes = Input("value"), logic("a", "b or valeu"), logic("b", "value"), Output("y", "a")
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
    nodes = (Input("x"), state, logic("a", expression), Output("y", "a"))
    assert clause in complaint(*nodes, dialect=Dialect.LOGIC)


def of_logic(*nodes):
    return complaint(Input("x"), State("s", 0, "s", (0, 1, 2)), *nodes, dialect=Dialect.LOGIC)


@pytest.mark.parametrize(
    "expression", ["s + 1", "x + x", "s", "(1, 0)[s - s]", "min(s, 1)", "1 if x else 0"]
)
def test_a_state_without_levels_is_not_fed_with_a_number(expression):
    nodes = State("t", True, "n"), logic("n", expression), Output("y", "t")
    message = of_logic(*nodes)
    assert "in 'state  t = True then n': 't' is a bool, but 'n' is a number" in message
    assert "n > 0" in message


def test_a_state_without_levels_is_not_fed_with_a_state_that_has_some():
    assert "'t' is a bool, but 's' is a number" in of_logic(State("t", True, "s"), Output("y", "t"))


@pytest.mark.parametrize(
    ("init", "levels"),
    [(3, (0, 1, 2)), (-1, (0, 1, 2)), (1, (0,)), (1.0, (0, 1, 2)), (0.5, (0, 1, 2)), (-5, (0, 1))],
)
def test_a_state_of_logic_starts_at_one_of_its_levels(init, levels):
    message = of_logic(State("t", init, "t", levels), Output("y", "t"))
    assert f"it starts at {init:g}, which is none of its levels" in message


def test_the_levels_of_logic_are_integers():
    message = of_logic(State("t", 0, "t", (0.0, 1.0)), Output("y", "t"))
    assert "in logic a state is a bool, or near {0, 1, 2, ...}" in message


@pytest.mark.parametrize(
    ("expression", "clause"),
    [
        ("(2, 0)[s]", "in '(2, 0)[s]' the place 's' can be from 0 to 2; the last is 1"),
        ("(2, 0, 1)[s - 1]", "the place 's - 1' can be from -1 to 1; the last is 2"),
        ("(2, 0, 1)[s + x]", "the place 's + x' can be from 0 to 3; the last is 2"),
        ("(2, 0, 1)[3]", "the place '3' can be 3; the last is 2"),
        ("(2, 0, 1)[-1]", "the place '-1' can be -1; the last is 2"),
        ("1 if x else (2, 0)[(0, 2, 1)[s]]", "the place '(0, 2, 1)[s]' can be from 0 to 2"),
        ("not (True, False)[s + s] or x", "can be from 0 to 4; the last is 1"),
        ("(1, 2, 0)[max(s, 1)] + (1, 2)[max(s, 1)]", "in '(1, 2)[max(s, 1)]'"),
    ],
)
def test_a_table_has_an_entry_for_every_place(expression, clause):
    assert clause in of_logic(logic("n", expression), Output("y", "n"))


@pytest.mark.parametrize(
    "expression",
    [
        "(2, 0, 1)[s]",
        "(2, 0, 1, 2)[s + x]",
        "(2, 0)[s % 2]",
        "(2, 0)[min(s, 1)]",
        "(2, 0)[max(s - 1, 0)]",
        "(2, 0)[s - 1 if s > 0 else 0]",
        "(2, 0)[(1, 0, 1)[s]]",
        "(2, 0, 1)[(s - 1) % 3]",
        "(7,)[s - s]",
    ],
)
def test_tables_with_an_entry_for_every_place_are_well_formed(expression):
    nodes = State("s", 0, "s", (0, 1, 2)), logic("n", expression), Output("y", "n")
    verify(Graph("g", (Input("x"), *nodes), dialect=Dialect.LOGIC))


def doubling(steps):
    names = ["s", *(f"n{step}" for step in range(steps))]
    sums = [logic(name, f"{before} + {before}") for before, name in pairwise(names)]
    return *sums, logic("a", f"n{steps - 1} > 5"), Output("y", "a")


def test_sums_stay_within_what_doubles_hold():
    state = State("s", 0, "s", (0, 1, 2))
    verify(Graph("g", (Input("x"), state, *doubling(51)), dialect=Dialect.LOGIC))
    message = of_logic(*doubling(52))
    assert "in 'logic  n51 = n50 + n50': 'n50 + n50' may go beyond 9007199254740991" in message
    assert message.count("beyond") == 1


def test_differences_stay_within_what_doubles_hold():
    names = ["s", *(f"n{step}" for step in range(60))]
    sums = [logic(name, f"0 - {before} - {before}") for before, name in pairwise(names)]
    assert "may go beyond" in of_logic(*sums, Output("y", "n59"))


@pytest.mark.parametrize("number", ["1000000000", "-1000000000", str(2**63), str(2**64), "9" * 80])
@pytest.mark.parametrize(
    "shape", ["{} > s", "s % {} == 0", "({}, 1, 2)[s]", "min(s, {})", "s + {}", "{}"]
)
def test_numbers_of_logic_have_nine_digits_at_most(number, shape):
    if "%" not in shape or number[0] != "-":
        text = shape.format(number)
        with pytest.raises(BonsaiError, match=r"^<text>:2: .*nine digits at most$"):
            load(f"graph g (logic)\nlogic n = {text}")


@given(logic_graphs())
def test_nodes_take_the_values_that_are_told_and_no_others(graph):
    domains = value_domains(graph)
    states, bits = all_pairs(graph)
    for name, column in evaluate_nodes(graph, states, bits).items():
        if name in domains:
            assert set(column.tolist()) <= set(domains[name])
            assert is_truth(name, domains) == (column.dtype == np.bool_)


@given(logic_graphs(), st.integers(0, 3))
def test_bounds_hold_where_not_every_choice_is_tried(graph, most):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bonsai_compiler.ir.values.MOST_CHOICES", most)
        values._values_taken.cache_clear()
        bounded = value_domains(graph)
    values._values_taken.cache_clear()
    for name, exact in value_domains(graph).items():
        assert are_among(exact, bounded[name])


@pytest.mark.parametrize(
    ("name", "clause"),
    [
        ("\ufb01", "call it 'fi'"),
        ("x\u00b2y", "is no Python identifier"),
        ("\u00b5", "call it '\u03bc'"),
        ("\u212b", "call it '\u00c5'"),
        ("\uff58", "call it 'x'"),
        ("None", "is a keyword of Python"),
        ("class", "is a keyword of Python"),
    ],
)
def test_names_are_spelled_as_python_spells_them(name, clause):
    for nodes, activations in (
        ((Input(name), *GOOD), AMEO),
        ((*GOOD, State(name, 0.0, "value")), AMEO),
        ((*GOOD, Output(name, "value")), AMEO),
        (GOOD, (*AMEO, (name, Activation("tanh")))),
    ):
        assert f"'{name}'" in complaint(*nodes, activations=activations)
        assert clause in complaint(*nodes, activations=activations)
