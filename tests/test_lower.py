from itertools import product

import numpy as np
import pytest
from equations import solved
from hypothesis import given, settings
from strategies import (
    all_situations,
    exact_graphs,
    graphs,
    logic_graphs,
    module,
    outputs_of,
    random_bits,
)

from bonsai_compiler.backends import BACKENDS
from bonsai_compiler.expression import UnreadableError
from bonsai_compiler.ir import Dialect
from bonsai_compiler.passes.lower import lower
from bonsai_compiler.passes.simplify import simplify
from bonsai_compiler.proof.behaviour import GraphBehaviour, ProgramBehaviour
from bonsai_compiler.proof.equiv import compare
from bonsai_compiler.specification.task_file import load_task
from bonsai_compiler.text import load
from bonsai_compiler.verify import verify


def lowered(graph):
    return lower(graph, *all_situations(graph))


def closing(graph):
    return all_situations(graph, 400) is not None


def answers(program, sequence):
    """What a program's generator yields, each tick as a tuple."""
    function = next(
        value for name, value in program.items() if callable(value) and value.__code__.co_flags & 32
    )
    width = sequence.shape[1]
    letters = [tuple(row) if width > 1 else row[0] if row else None for row in sequence.tolist()]
    given = list(function(iter(letters)))
    return [item if isinstance(item, tuple) else (item,) for item in given]


def stepped(program, sequence):
    """What a program's `step` answers, each tick as a tuple."""
    state, given = program["start"], []
    for bits in sequence.tolist():
        state, result = program["step"](state, *bits)
        given.append(result if isinstance(result, tuple) else (result,))
    return given


def check_program(graph, text, ticks=40):
    program, width = module(text), len(graph.inputs)
    short = {0: 4, 1: 5, 2: 2}[width]
    alphabet = product((False, True), repeat=width)
    sequences = np.array(list(product(alphabet, repeat=short)), dtype=bool)

    for sequence in [*sequences, random_bits(ticks, width)]:
        wanted = outputs_of(graph, sequence)
        for found in (stepped(program, sequence), answers(program, sequence)):
            assert found == wanted
            assert all(type(value) is bool for row in found for value in row)


@settings(max_examples=100)
@given(exact_graphs().filter(closing))
def test_logic_behaves_as_the_neurons_do(graph):
    logic = lowered(graph)
    for result in (logic, simplify(logic)):
        verify(result)
        assert result.dialect is Dialect.LOGIC
        assert compare(GraphBehaviour(result), GraphBehaviour(graph)).kind == "proved"


@given(exact_graphs().filter(closing))
def test_every_state_keeps_to_its_levels(graph):
    logic = simplify(lowered(graph))
    situations = all_situations(logic)
    for place, state in enumerate(logic.states):
        assert set(situations[0][:, place]) <= set(state.levels or (0, 1))
        assert state.levels == tuple(range(len(state.levels)))


@given(logic_graphs())
def test_simplifying_keeps_behaviour_and_is_done_once(graph):
    simple = simplify(graph)
    verify(simple)
    assert simplify(simple) == simple
    assert compare(GraphBehaviour(simple), GraphBehaviour(graph)).kind == "proved"


@given(graphs())
def test_programs_of_neurons_agree_with_the_interpreter(graph):
    check_program(graph, BACKENDS["python"](graph))


@settings(max_examples=100)
@given(logic_graphs())
def test_programs_of_logic_agree_with_the_interpreter(graph):
    check_program(graph, BACKENDS["python"](graph))


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
    simple = simplify(graph)
    verify(simple)
    assert compare(GraphBehaviour(simple), GraphBehaviour(graph)).kind == "proved"


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
AWKWARD += ["x", "y_from_o0", "next_s0", "bool", "tuple", "E", "S", "I", "lambda_", "task"]


@pytest.mark.parametrize("place", ["first", "third", "stem"])
@pytest.mark.parametrize("name", AWKWARD)
@pytest.mark.parametrize("level", ["neurons", "logic"])
def test_awkward_names_are_emitted(name, place, level, tmp_path):
    names = {"first": "a", "second": "b", "third": "y", "stem": "t", place: name}
    graph = load(COUNTER.format(**names))
    emitted = graph if level == "neurons" else simplify(lowered(graph))
    verify(emitted)
    text = BACKENDS["python"](emitted)
    path = tmp_path / f"{names['stem']}.py"
    path.write_text(text)
    task = load_task(path)
    assert (task.inputs, task.outputs) == ((names["first"], "b"), (names["third"], "z"))
    assert compare(ProgramBehaviour(task), GraphBehaviour(graph)).kind == "proved"
    check_program(graph, text, 12)
    if level == "logic":
        sequence = random_bits(12, 2)
        equations = BACKENDS["boolean"](emitted)
        assert solved(equations, emitted, sequence) == outputs_of(graph, sequence)


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
    graph = load(HAND_WRITTEN["a constant"])
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
