"""Boolean equations say what their graph does, each thing once."""

from equations import solved
from hypothesis import given, settings
from strategies import logic_graphs, outputs_of, random_bits

from bonsai_compiler.backends.boolean import emit_boolean
from bonsai_compiler.ir.text import load
from bonsai_compiler.logic.propositions import Proposition, all_of, any_of, differ, with_parts


@settings(max_examples=60)
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
        "s'": "[1]",
        "t'": "[max(1 - t, 0)]",
        "y": "([s != 1] & [s == t]) | ([s != t] & ([s + t < 2] ^ x))",
    }


def test_equations_of_bits_are_multi_level_and_name_what_is_common():
    graph = load("""\
        graph gates (logic)
        input a in {False, True}
        input b in {False, True}
        input change in {False, True}
        state s0 = False then r0
        state s1 = False then r1
        logic r0 = s0 != (s1 and change)
        logic r1 = s1 != change
        logic low = not (a or b) if not r1 else not (a and b)
        logic y = (a != b if not r1 else a and b) if not r0 else low
        output y = y""")
    told = [line for line in emit_boolean(graph).splitlines() if line and line[0] != "#"]
    rows = dict(map(str.strip, line.split(" = ")) for line in told)
    assert rows["r0"] == "s0 ^ (change & s1)"
    assert rows["r1"] == "change ^ s1"
    assert (rows["s0'"], rows["s1'"]) == ("r0", "r1")
    assert rows["y"] == "r0 ^ ((a & b & r1) | (~r1 & ((a & r0) | (a ^ b))))"
    sequence = random_bits(60, 3)
    assert solved(emit_boolean(graph), graph, sequence) == outputs_of(graph, sequence)


def test_a_part_that_is_there_several_times_gets_a_name():
    one, two, three, four = (Proposition(name=name) for name in "abcd")
    part = any_of([all_of([one, two]), all_of([three, four])])
    left, right = all_of([part, differ([one, three])]), differ([part, two])
    names = iter(["p", "q"])
    told = list(with_parts([("y", left), ("z", right)], lambda: next(names)))
    assert [str(whole) for _, _, whole in told] == ["(a ^ c) & p", "b ^ p"]
    assert [[(at, str(inner)) for at, inner in parts] for _, parts, _ in told] == [
        [("p", "(a & b) | (c & d)")],
        [],
    ]
    (whole,) = with_parts([("y", left)], lambda: next(names))
    assert whole == ("y", [], left)


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
    assert "n = [a_1 + a_2]" in other
    assert "a = " not in named
