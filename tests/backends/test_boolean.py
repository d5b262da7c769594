"""Boolean equations say what their graph does, each thing once."""

from equations import solved
from hypothesis import given, settings
from strategies import logic_graphs, outputs_of, random_bits

from bonsai_compiler.backends.boolean import emit_boolean
from bonsai_compiler.ir.text import load


@settings(max_examples=100)
@given(logic_graphs())
def test_equations_agree_with_the_interpreter(graph):
    text = emit_boolean(graph)
    sequence = random_bits(30, len(graph.inputs))
    assert solved(text, graph, sequence) == outputs_of(graph, sequence)


def test_equations_of_levels_deny_nothing_and_say_nothing_twice():
    graph = load("""\
        graph g (logic)
        input x in {False, True}
        state s = 0 then n near {0, 1, 2}
        state t = 1 then m near {0, 1, 2}
        logic n = t if s == 0 else (1, 2, 0)[t] if s != 1 else s
        logic m = s if s + t != 2 else 0
        logic a = (not x if s + t < 2 else x) if s != t else s != 1
        output y = a""")
    equations = dict(
        line.split(" = ")
        for line in emit_boolean(graph).splitlines()
        if line and not line.startswith("#")
    )
    assert {name.strip(): text for name, text in equations.items()} == {
        "[s' == 0]": "([s == 0] & [t == 0]) | ([s == 2] & [t == 2])",
        "[s' == 1]": "[s == 1] | ([s == 0] & [t == 1]) | ([s == 2] & [t == 0])",
        "[s' == 2]": "([s == 0] & [t == 2]) | ([s == 2] & [t == 1])",
        "[t' == 0]": "[s + t == 2] | ([s + t != 2] & [s == 0])",
        "[t' == 1]": "[s + t != 2] & [s == 1]",
        "[t' == 2]": "[s + t != 2] & [s == 2]",
        "y": "([s != 1] | [s != t]) & ([s == t] | (([s + t < 2] | x) & ([s + t >= 2] | ~x)))",
    }


READING = """\
graph reading (logic)
port   a in 0..2 thermometer
input  a_1 in {False, True}
input  a_2 in {False, True}
logic  n = a_1 + a_2
logic  m = n == 1
output y = m
"""


def test_only_what_is_called_like_the_port_goes_without_an_equation():
    other = emit_boolean(load(READING))
    named = emit_boolean(load(READING.replace("n = ", "a = ").replace("n ==", "a ==")))
    assert "[n == 1] = (a_1 & ~a_2)" in other
    assert "[a == 1] = " not in named
