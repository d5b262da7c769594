"""Every format reads back what it wrote, and says what it cannot hold."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from machine_files import drawn, machines, read_back, same

from bonsai_compiler.errors import BonsaiError


@pytest.mark.parametrize("form", ["kiss2", "dot", "jff", "json", "table"])
@given(machines())
@settings(max_examples=40, deadline=None)
def test_each_format_reads_back_what_it_wrote(form, machine):
    assert same(read_back(drawn(machine).text(form), form), machine)


@given(machines())
@settings(max_examples=60, deadline=None)
def test_att_reads_back_the_same_steps_or_says_why_not(machine):
    try:
        text = drawn(machine).text("att")
    except BonsaiError as error:
        assume(any(part in str(error) for part in ("cannot", "acceptor")))
        return
    if len({line.split("\t")[3] for line in text.splitlines() if "\t" in line}) == 1:
        return
    back = read_back(text, "att")
    # Its letters are those that come, in an order of their own.
    assert back.size == machine.size
    assert back.legal.sum() == machine.legal.sum()
    assert len(np.unique(back.output.reshape(-1, back.output.shape[2]), axis=0)) == len(
        np.unique(machine.output.reshape(-1, machine.output.shape[2]), axis=0)
    )


@given(machines(), st.sampled_from(["kiss2", "dot", "jff", "att", "json", "table"]), st.data())
@settings(max_examples=150, deadline=None)
def test_a_damaged_file_is_read_or_refused_in_one_line(machine, form, data):
    try:
        text = drawn(machine).text(form)
    except BonsaiError:
        return
    at = data.draw(st.integers(0, len(text)))
    more = data.draw(st.sampled_from(["", '"', "<", "{", "\n", "-", "1 ", "\x00", "é", "[", "->"]))
    kept = data.draw(st.sampled_from([at, min(len(text), at + 1), len(text)]))
    message = ""
    try:
        read_back(text[:at] + more + text[kept:], form)
    except BonsaiError as error:
        message = str(error)
    assert "\n" not in message
