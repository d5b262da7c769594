"""Integers and their bits: words, letters, and how both are said in logic."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bonsai_compiler.ir.expression import Name
from bonsai_compiler.ir.graph import Graph, Input, Output
from bonsai_compiler.ir.integers import conditions, reading
from bonsai_compiler.ir.interpreter import evaluate
from bonsai_compiler.ir.ports import ENCODINGS, Port
from bonsai_compiler.ir.signals import signals_of
from bonsai_compiler.ir.text import dump, load
from bonsai_compiler.ir.verify import faults
from bonsai_compiler.traces.sequence import parse_word, split_words

LABELS = st.text(st.sampled_from('01ab#,"\\ ;[é'), min_size=1, max_size=6)
"""Words with all that a line of text, a list of words or a sequence could stumble over."""


@st.composite
def ports(draw, name="a", most=20):
    low, count = draw(st.integers(-30, 30)), draw(st.integers(2, most))
    encoding = draw(st.sampled_from(ENCODINGS))
    if draw(st.booleans()):
        return Port(name, low, low + count - 1, encoding)
    labels = draw(st.lists(LABELS, min_size=count, max_size=count, unique=True))
    return Port(name, 0, count - 1, encoding, tuple(labels))


@st.composite
def signals(draw, letters="abcd"):
    """Some ports and bits of no port, in any order."""
    fields = [
        draw(st.just(letter) | ports(letter, 6)) for letter in letters[: draw(st.integers(0, 3))]
    ]
    given = tuple(field for field in fields if isinstance(field, Port))
    bits = (field.bits if isinstance(field, Port) else (field,) for field in fields)
    return signals_of(tuple(bit for part in bits for bit in part), given)


@given(ports())
def test_each_value_has_a_word_of_its_own(port):
    words = {value: port.encoded(value) for value in port.seen}
    assert len(set(words.values())) == len(port.values)
    assert all(port.decoded(word) == value for value, word in words.items())
    assert port.steps(port.words).tolist() == list(range(len(port.values)))


@given(ports(most=6))
def test_what_is_no_word_has_no_value(port):
    meant = {port.encoded(value) for value in port.seen}
    every = list(product((False, True), repeat=len(port.bits)))
    assert {bits for bits in every if port.decoded(bits) is not None} == meant
    assert (port.steps(np.array(every)) >= 0).sum() == len(port.values)


def test_words_are_as_documented():
    words = {
        encoding: (port.bits, port.encoded(2))
        for encoding in ENCODINGS
        for port in [Port("a", 0, 4, encoding)]
    }
    assert words == {
        "binary": (("a_2", "a_1", "a_0"), (False, True, False)),
        "one-hot": (("a_0", "a_1", "a_2", "a_3", "a_4"), (False, False, True, False, False)),
        "thermometer": (("a_1", "a_2", "a_3", "a_4"), (True, True, False, False)),
    }


@given(signals())
def test_letters_are_the_choices_of_all_values(fields):
    values = [f.seen if isinstance(f, Port) else (False, True) for f in fields.fields]
    chosen = list(product(*values))
    assert [fields.values(tuple(row)) for row in fields.alphabet.tolist()] == chosen
    assert len(chosen) == fields.size
    assert fields.letter(fields.alphabet).tolist() == list(range(fields.size))
    assert [list(fields.encoded(row)) for row in chosen] == fields.alphabet.tolist()


@pytest.mark.parametrize(("count", "bits"), [(2, 1), (3, 2), (4, 2), (5, 3), (8, 3), (9, 4)])
def test_so_many_values_take_so_many_bits(count, bits):
    port = Port("a", -1, count - 2, "binary")
    assert len(port.bits) == port.words.shape[1] == bits
    assert signals_of(("x", *port.bits), (port,)).information == bits + 1


def test_what_is_not_said_has_a_word_too():
    port = Port("a", 0, 2, "thermometer")
    fields = signals_of(("x", *port.bits), (port,))
    assert fields.word((None, True, False)) == "-,1"
    assert fields.word((True, None, None), nothing="?") == "1,?"


def test_two_digits_in_base_seven_are_49_letters():
    ports = tuple(Port(name, 0, 6, "one-hot") for name in "ab")
    assert signals_of(ports[0].bits + ports[1].bits, ports).alphabet.shape == (49, 14)


@given(signals())
def test_a_letter_is_typed_as_it_is_written(fields):
    for row in map(tuple, fields.alphabet.tolist()):
        if row:
            (word,) = split_words(fields.word(row))
            assert parse_word(word, fields) == row


@given(signals(), st.data())
def test_whatever_was_answered_can_be_said_and_read_back(fields, data):
    bits = tuple(data.draw(st.tuples(*[st.booleans()] * len(fields.bits))))
    assert fields.encoded(fields.values(bits)) == bits
    nothing = (None,) * len(fields.bits)
    assert fields.values(nothing) == (None,) * len(fields.fields)
    assert fields.encoded(fields.values(nothing)) == nothing


@given(ports())
@settings(max_examples=100)
def test_expressions_say_the_same_as_words(port):
    columns = dict(zip(port.bits, port.words.T, strict=True))
    assert evaluate(reading(port, port.bits), columns).tolist() == [*port.values]
    values = {"n": np.array(port.values)}
    tests = conditions(port, Name("n"))
    assert np.array_equal(np.stack([evaluate(test, values) for test in tests], 1), port.words)


@given(ports("a"), ports("y", 9))
def test_a_graph_with_ports_is_read_back(port, told):
    outputs = [Output(bit, port.bits[0]) for bit in told.bits]
    graph = Graph("g", (*map(Input, port.bits), *outputs), ports=(port, told))
    assert list(faults(graph)) == []
    assert load(dump(graph)) == graph
    assert (graph.input_signals.fields, graph.output_signals.fields) == ((port,), (told,))


GRAPH = """\
graph g
port a in 0..2 thermometer
input a_1 in {-1, 1}
input a_2 in {-1, 1}
output y = a_1
"""


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (
            "0..2",
            "0..3",
            "neither the inputs nor the outputs hold its bits in a row: a_1, a_2, a_3",
        ),
        ("port a in", "port b in", "hold its bits in a row: b_1, b_2"),
        ("y = a_1", "a = a_1", "'a' is a port"),
    ],
)
def test_a_port_that_does_not_fit_its_graph_is_told(old, new, fault):
    assert list(faults(load(GRAPH))) == []
    assert any(fault in clause for clause in faults(load(GRAPH.replace(old, new))))


def test_only_its_own_values_are_encoded():
    port = Port("a", 2, 4, "thermometer")
    assert [port.encoded(value) for value in (2, 4)] == [(False, False), (True, True)]
    for value in (1, 5):
        with pytest.raises(ValueError, match=r"not in 2\.\.4"):
            port.encoded(value)
