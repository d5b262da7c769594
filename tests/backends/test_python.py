"""An emitted program says what its graph means, whatever things are called."""

from dataclasses import replace

import pytest
from equations import solved
from hypothesis import given, settings
from hypothesis import strategies as st
from programs import check_program
from strategies import all_pairs, graphs, logic_graphs, module, outputs_of, random_bits

from bonsai_compiler.backends import BACKENDS
from bonsai_compiler.driver.emission import emit
from bonsai_compiler.equivalence.generator import iterates_step
from bonsai_compiler.equivalence.system import GraphSystem, ProgramSystem
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.expression import Name, substituted
from bonsai_compiler.ir.graph import Input, Logic, Neuron, Output, Product, State, Term
from bonsai_compiler.ir.text import load
from bonsai_compiler.ir.verify import verify
from bonsai_compiler.oracle.compare import compare
from bonsai_compiler.passes.lower import Lower
from bonsai_compiler.passes.simplify import Simplify
from bonsai_compiler.specification.task_file import load_task


@given(graphs())
def test_programs_of_neurons_agree_with_the_interpreter(graph):
    check_program(graph, BACKENDS["python"](graph))


@settings(max_examples=60)
@given(logic_graphs())
def test_programs_of_logic_agree_with_the_interpreter(graph):
    check_program(graph, BACKENDS["python"](graph))


COUNTER = """\
graph {stem}
activation zigzag = factor 1 leak 0
input  {first} in {{-1, 1}}
input  {second} in {{-1, 1}}
state  s0 = 0 then r0 near {{0, 1, 2, 3}}
state  s1 = -1 then {second}
neuron r0 = linear(1*s0 + 0.5*{first} + 0.5)
neuron o0 = linear(1*s0 - 2.5)
neuron o1 = zigzag(1*s1 + 1*{second})
output {third} = o0
output z = o1
"""
AWKWARD = [
    "state",
    "open",
    "inputs",
    "outputs",
    "step",
    "start",
    "min",
    "max",
    "sum",
    "zip",
    "float",
]
AWKWARD += ["len", "value", "levels", "nearest", "zigzag", "legal", "horizon", "s0_", "_", "class_"]
AWKWARD += ["x", "y_from_o0", "next_s0", "bool", "tuple", "range", "E", "S", "I", "lambda_", "task"]
AWKWARD += [
    "match",
    "type",
    "tanh",
    "__debug__",
    "__name__",
    "__doc__",
    "__builtins__",
    "__class__",
]


@pytest.mark.parametrize("place", range(len(AWKWARD)), ids=AWKWARD)
@pytest.mark.parametrize("level", ["neurons", "logic"])
def test_awkward_names_are_emitted(place, level, tmp_path):
    """Three at a time, each of them in each place."""
    first, third, stem = (AWKWARD[(place + ahead) % len(AWKWARD)] for ahead in (0, 1, 2))
    names = {"first": first, "second": "b", "third": third, "stem": stem}
    graph = load(COUNTER.format(**names))
    emitted = (
        graph if level == "neurons" else Simplify().apply(Lower(*all_pairs(graph)).apply(graph))
    )
    verify(emitted)
    text = BACKENDS["python"](emitted)
    path = tmp_path / f"{names['stem']}.py"
    path.write_text(text)
    task = load_task(path)
    assert (task.inputs, task.outputs) == ((names["first"], "b"), (names["third"], "z"))
    assert compare(ProgramSystem(task), GraphSystem(graph)).kind == "proved"
    check_program(graph, text, 12)
    if level == "logic":
        sequence = random_bits(12, 2)
        equations = BACKENDS["boolean"](emitted)
        assert solved(equations, emitted, sequence) == outputs_of(graph, sequence)


def renamed(graph, names):
    """The same graph with other names for its nodes and activations."""

    meaning = {name: Name(text) for name, text in names.items()}

    def of(node):
        name = names[node.name]
        match node:
            case State(_, init, following, levels):
                return State(name, init, names[following], levels)
            case Neuron(_, activation, bias, terms):
                moved = tuple(Term(term.weight, names[term.source]) for term in terms)
                return Neuron(name, names[activation], bias, moved)
            case Product(_, left, right):
                return Product(name, names[left], names[right])
            case Logic(_, expression):
                return Logic(name, substituted(expression, meaning))
            case Output(_, source):
                return Output(name, names[source])
            case Input():
                return Input(name)

    activations = tuple((names[name], what) for name, what in graph.activations)
    return replace(graph, nodes=tuple(map(of, graph.nodes)), activations=activations)


@given(graph=graphs() | logic_graphs(), data=st.data())
def test_whatever_things_are_called_the_program_is_right_and_proved(tmp_path_factory, graph, data):
    known = [node.name for node in graph.nodes] + [name for name, _ in graph.activations]
    given_names = data.draw(st.permutations(AWKWARD))
    names = {"linear": "linear", **dict(zip(known, given_names, strict=False))}
    graph = replace(renamed(graph, names), name=data.draw(st.sampled_from(AWKWARD)))
    verify(graph)
    text = BACKENDS["python"](graph)
    check_program(graph, text, 12)
    path = tmp_path_factory.mktemp("emitted") / f"{graph.name}.py"
    path.write_text(text)
    assert iterates_step(load_task(path))


def test_a_state_called_as_the_loop_calls_what_it_ignores_keeps_its_value():
    graph = load("""\
        graph toggle
        activation a = factor 0.5 leak 0.1
        state _ = -1 then n
        neuron n = a(1*_)
        output y = _""")
    check_program(graph, BACKENDS["python"](graph))


@pytest.mark.parametrize(("first", "second"), [("\ufb01", "fi"), ("fi", "\ufb01"), ("\uff58", "b")])
def test_names_that_python_folds_are_refused(first, second):
    logic = "graph t (logic)\nstate A = True then B\nlogic B = not A\noutput y = A"
    for text in (
        COUNTER.format(stem="t", first=first, second=second, third="y"),
        logic.replace("A", first).replace("B", second),
    ):
        with pytest.raises(BonsaiError, match="Python itself spells"):
            emit(load(text), "python")


def test_a_graph_called_as_python_folds_has_a_generator_that_is_found(tmp_path):
    graph = load(COUNTER.format(stem="\ufb01", first="a", second="b", third="y"))
    path = tmp_path / "\ufb01.py"
    path.write_text(BACKENDS["python"](graph))
    assert load_task(path).generator is not None
    assert iterates_step(load_task(path))


PORTS = """\
graph g (logic)
port   a in 0..2 thermometer
port   q in 1..3 one-hot
input  a_1 in {False, True}
input  a_2 in {False, True}
state  s = 2 then NEXT near {0, 1, 2}
logic  a = a_1 + a_2
logic  q = SAID
logic  m = (s + a) % 3
logic  b0 = FIRST
logic  b1 = SECOND
logic  b2 = THIRD
output q_0 = b0
output q_1 = b1
output q_2 = b2
"""
SAID = {
    "the port is the state": ("m", "s + 1", "s == 0", "s == 1", "s == 2"),
    "the port is what comes next": ("q", "(s + a) % 3 + 1", "q == 1", "q == 2", "q == 3"),
    "the port is the input": ("m", "a + 1", "a == 0", "a == 1", "a == 2"),
    "what is called so is something else": ("q", "(s + 2 * 0) % 3", "m == 0", "m == 1", "m == 2"),
    "what is called so is a bool": (
        "m",
        "a_1 and s > 1",
        "m == 0 and not q",
        "not q and m != 0",
        "q",
    ),
}


@pytest.mark.parametrize("name", SAID)
def test_what_is_called_like_a_port_keeps_its_own_value(name, tmp_path):
    text = PORTS
    words = ("NEXT", "SAID", "FIRST", "SECOND", "THIRD")
    for old, new in zip(words, SAID[name], strict=True):
        text = text.replace(old, new.replace(" + 2 * 0", ""))
    graph = load(text)
    verify(graph)
    path = tmp_path / "g.py"
    path.write_text(BACKENDS["python"](graph))
    task = load_task(path)
    assert compare(ProgramSystem(task), GraphSystem(graph)).kind == "proved"
    assert iterates_step(task)


@pytest.mark.parametrize(
    "doc",
    [
        "",
        'He said "no"',
        'ends with "',
        "back\\slash",
        '"""',
        "two\nlines",
        "caf\u00e9 \u2028 line",
    ],
)
def test_the_documentation_survives(doc):
    graph = load("graph g (logic)\nlogic a = True\noutput y = a")
    shown = module(BACKENDS["python"](graph, doc))["__doc__"]
    assert shown.strip("\n") == doc if doc else shown


def test_programs_of_neurons_round_as_the_interpreter_does():
    graph = load("""\
        graph growing
        state s = 1 then n
        neuron n = linear(3*s)
        neuron m = linear(1*n + 1)
        neuron d = linear(1*m - 1*n - 0.5)
        output y = d""")
    check_program(graph, BACKENDS["python"](graph), 60)
