import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import graphs, logic_graphs

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.graph import Dialect, Input, Neuron, Output, State, Term
from bonsai_compiler.ir.text import dump, load, number
from bonsai_compiler.ir.verify import verify

CANONICAL = """\
graph delay2
activation ameo = factor 0.5 leak 0.1
activation other = tanh
input  x in {-1, 1}
state  s0 = -1 then r0
state  s1 = -0.25 then r1 near {-1, 0.5, 1}
neuron r0 = ameo(-1*x)
neuron r1 = other(1*s0 - 0.5*x + 1)
neuron r2 = linear(0)
neuron r3 = linear(-1.5)
neuron r4 = linear(1e-07*x - 1e+20*s0)
output y = r1
output z = r4
"""
LOGIC = """\
graph counter (logic)
input  x in {False, True}
state  s0 = False then a
state  s1 = 0 then b near {0, 1, 2}
logic  a = not x and s0
logic  b = min(s1 + 1, 2) if x else (2, 0, 1)[s1]
output y = a
"""


def complaint(text):
    """What is said against a text, or None; anything but a BonsaiError is a crash."""
    try:
        verify(load(text, "some.bonsai"))
    except BonsaiError as error:
        return str(error)
    return None


@given(graphs())
def test_load_undoes_dump(graph):
    assert load(dump(graph)) == graph


@given(logic_graphs())
def test_load_undoes_dump_of_canonical_logic(graph):
    canonical = load(dump(graph))
    assert load(dump(canonical)) == canonical
    assert dump(load(dump(canonical))) == dump(canonical)


@pytest.mark.parametrize("text", [CANONICAL, LOGIC])
def test_canonical_text_survives(text):
    assert dump(load(text)) == text


def test_text_means_what_the_documentation_says():
    graph = load(CANONICAL)
    assert graph.nodes[0] == Input("x")
    assert graph.nodes[2] == State("s1", -0.25, "r1", (-1.0, 0.5, 1.0))
    assert graph.nodes[4] == Neuron("r1", "other", 1.0, (Term(1.0, "s0"), Term(-0.5, "x")))
    assert graph.nodes[-1] == Output("z", "r4")
    assert load(LOGIC).dialect is Dialect.LOGIC


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_read_back_exactly(value):
    assert float(number(value)) == value


def test_whole_numbers_are_bare():
    assert [number(value) for value in (1.0, -3.0, 0.5, True)] == ["1", "-3", "0.5", "True"]


def test_comments_and_blank_lines_say_nothing():
    noisy = "# a delay\n\n" + CANONICAL.replace("\n", "   # why\n\n")
    assert load(noisy) == load(CANONICAL)


@pytest.mark.parametrize(
    ("line", "free"),
    [
        ("neuron r0 = ameo(-1*x)", "   neuron   r0  =  ameo(-1*x)"),
        ("neuron r0 = ameo(-1*x)", "neuron r0 = ameo(-1 * x)"),
        ("neuron r0 = ameo(-1*x)", "neuron r0 = ameo( -1*x )"),
        ("neuron r0 = ameo(-1*x)", "neuron\tr0 = ameo(-1*x)"),
        ("(1*s0 - 0.5*x + 1)", "(1*s0-0.5*x+1)"),
        ("(1*s0 - 0.5*x + 1)", "(1*s0  -  0.5*x   + 1)"),
        ("input  x in {-1, 1}", "input x in {-1, 1}"),
        ("near {-1, 0.5, 1}", "near {-1,0.5,1}"),
        ("near {-1, 0.5, 1}", "near { -1, 0.5, 1 }"),
    ],
)
def test_spacing_is_free(line, free):
    assert line in CANONICAL
    assert load(CANONICAL.replace(line, free)) == load(CANONICAL)


@pytest.mark.parametrize(
    "line",
    [
        "graph again",
        "graph",
        "nouron r9 = ameo(1*x)",
        "neuron r9 = ameo(1*x",
        "neuron r9 = ameo()",
        "neuron r9 = ameo(x)",
        "neuron r9 = ameo(1*x 2*s0)",
        "neuron r9 = ameo(1 + 1*x)",
        "neuron r9 = ameo(1*x + 1 + 1)",
        "neuron 9r = ameo(1*x)",
        "neuron = ameo(1*x)",
        "state s9 = -1",
        "state s9 = one then r0",
        "state s9 = True then r0",
        "state s9 = -1 then r0 near {}",
        "state s9 = -1 then r0 near {one, two}",
        "state s9 = -1 then r0 near {-1, 1",
        "input z in {0, 1}",
        "input z in {False, True}",
        "input z",
        "output y2 r0",
        "output y2 = 3",
        "activation b = factor 0.5",
        "activation b = cosine",
    ],
)
def test_a_malformed_line_is_named_with_file_and_line(line):
    broken = CANONICAL.replace("neuron r2 = linear(0)", line)
    with pytest.raises(BonsaiError) as caught:
        load(broken, "some.bonsai")
    message = str(caught.value)
    assert message.startswith("some.bonsai:9: ")
    assert "\n" not in message


@pytest.mark.parametrize(
    "line",
    [
        "logic a = x and",
        "logic a = x ** 2",
        "logic a = x.real",
        "logic a = print(x)",
        "logic a = 0 < x < 1",
        "logic a = 1.5",
        "logic a = 'x'",
        "logic a = -x",
        "logic a = min(x)",
        "logic a = (0, x)[x]",
        "logic a = " + "not " * 3000 + "x",
        "state s1 = 0.5 then b",
        "state s1 = " + "1" * 5000 + " then b",
    ],
)
def test_a_malformed_line_of_logic_is_named(line):
    broken = LOGIC.replace("logic  a = not x and s0", line)
    with pytest.raises(BonsaiError) as caught:
        load(broken, "some.bonsai")
    assert str(caught.value).startswith("some.bonsai:5: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "neuron a = linear(1)", "{}"])
def test_a_text_without_heading_is_refused(text):
    with pytest.raises(BonsaiError, match=r"^some\.bonsai:\d+: .*graph"):
        load(text, "some.bonsai")


@pytest.mark.parametrize("weight", ["1e999", "1" * 400])
def test_an_endless_number_is_refused_and_never_crashes(weight):
    with pytest.raises(BonsaiError):
        verify(load(CANONICAL.replace("1e+20", weight)))
    with pytest.raises(BonsaiError):
        verify(load(CANONICAL.replace("factor 0.5", f"factor {weight}")))


WORDS = st.sampled_from(
    [
        *CANONICAL.split(),
        *LOGIC.split(),
        "1e999",
        "-",
        "(",
        ")",
        "{",
        "#",
        "\x00",
        "\u2028",
        "²",
        "\n",
    ]
)
GARBAGE = st.lists(WORDS | st.text(max_size=4), max_size=30).map(" ".join)


@settings(max_examples=300)
@given(GARBAGE, st.integers(0, 14), st.sampled_from([CANONICAL, LOGIC]))
def test_garbage_raises_nothing_but_bonsai_errors(garbage, place, text):
    lines = text.splitlines()
    lines[place : place + 1] = garbage.split("\n")
    for candidate in ("\n".join(lines), "graph g\n" + garbage, garbage):
        assert "\n" not in (complaint(candidate) or "")


@pytest.mark.parametrize("depth", [100, 400, 900, 2500])
@pytest.mark.parametrize("shape", ["not {0}", "{0} + 1", "not ({0})", "min({0}, 1)"])
def test_deep_expressions_never_crash(depth, shape):
    before, after = shape.split("{0}")
    line = "logic  a = " + before * depth + "x" + after * depth
    fault = complaint(LOGIC.replace("logic  a = not x and s0", line))
    assert fault is None or fault.startswith("some.bonsai:5: ")
