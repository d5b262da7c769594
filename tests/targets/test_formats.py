"""BLIF, AIGER, BTOR2 and KISS2, read back by readers of our own, do what the graph does."""

from functools import partial

import numpy as np
import pytest
import readers
from hypothesis import given, settings
from hypothesis import strategies as st
from ported import GRAPH, bit_places
from strategies import logic_graphs, outputs_of

from bonsai_compiler.bench.targets.texts import btor2
from bonsai_compiler.driver.emission import emit


def one_by_one(text):
    """BTOR2 by its reader, which runs many words side by side, with one."""
    *told, step = btor2(text)
    return *told, partial(step, every=1)


FORMATS = {
    "blif": readers.blif,
    "aiger": readers.aiger,
    "aiger-text": lambda text: readers.aiger(text.encode()),
    "btor2": one_by_one,
    "kiss2": readers.kiss2,
    "kiss2-encoded": readers.kiss2,
}


def answers(graph, form, sequence):
    """What an emitted text answers, each tick as a tuple in the graph's order."""
    _, _, stored, step = FORMATS[form](emit(graph, form))
    given, made = bit_places(graph)
    found = []
    for bits in sequence.tolist():
        stored, outputs = step(stored, [bits[place] for place in given])
        row = dict(zip(made, outputs, strict=True))
        found.append(tuple(row[place] for place in range(len(made))))
    return found


@settings(max_examples=12)
@given(logic_graphs(), st.integers(0, 99))
def test_each_format_says_what_the_interpreter_says(graph, seed):
    sequence = np.random.default_rng(seed).random((12, len(graph.inputs))) < 0.5
    wanted = outputs_of(graph, sequence)
    for form in FORMATS:
        assert answers(graph, form, sequence) == wanted, form


@pytest.mark.parametrize("form", FORMATS)
def test_ports_and_levels_are_bits_as_the_comments_say(form):
    signals = GRAPH.input_signals
    chosen = np.random.default_rng(1).integers(signals.size, size=60)
    sequence = signals.alphabet[chosen]
    assert answers(GRAPH, form, sequence) == outputs_of(GRAPH, sequence)


def test_bits_that_mean_no_value_are_read_as_the_graph_reads_them():
    sequence = np.random.default_rng(2).random((80, len(GRAPH.inputs))) < 0.5
    for form in ("blif", "aiger", "btor2"):
        assert answers(GRAPH, form, sequence) == outputs_of(GRAPH, sequence)


def test_names_are_the_tasks_where_hardware_has_room_for_them():
    inputs, outputs, _, _ = readers.blif(emit(GRAPH, "blif"))
    assert inputs[:2] == ["reg_[0]", "reg_[1]"]
    assert inputs[-1] == "clk_"
    assert outputs[:3] == ["module_[0]", "module_[1]", "module_[2]"]
    assert outputs[-1] == "wire_"
    assert [readers.aiger(emit(GRAPH, "aiger"))[place] for place in (0, 1)] == [inputs, outputs]
    assert [btor2(emit(GRAPH, "btor2"))[place] for place in (0, 1)] == [inputs, outputs]
    text = emit(GRAPH, "blif")
    assert "# light, one-hot: red is 001, green is 010, dark blue is 100." in text
    assert "# gru00f6u00dfe, binary: -1 is 000, 0 is 001, 1 is 010, 2 is 011, 3 is 100." in text
