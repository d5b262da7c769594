"""Programs found for machines: they do what the table says, and are as short as a person's."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from walking import expect_equal, interface, program

from bonsai_compiler.backends.python import emit_readable
from bonsai_compiler.ir.ports import Port
from bonsai_compiler.ir.signals import Signals, signals_of
from bonsai_compiler.reading.codes import number_codes, task_code
from bonsai_compiler.reading.size import reading_size
from bonsai_compiler.specification.machine import Machine, tabulate
from bonsai_compiler.specification.task_file import load_task, read_task

TASKS = Path(__file__).parents[2] / "tasks"

SIZES = {
    "gate_selector": 25,
    "balanced_parens": 12,
    "loop3": 9,
    "mips_ints/add_mod_5": 10,
    "mips_ints/max_seen": 8,
    "textbook/up_down_counter": 18,
    "textbook/serial_adder": 16,
}
"""The most that there may be to read of these, none of which is more than the author's own."""


@pytest.mark.parametrize("name", SIZES)
def test_programs_of_tasks_are_as_short_as_the_authors(name: str) -> None:
    task = load_task(TASKS / f"{name}.py")
    machine = tabulate(task)
    assert machine.numbers is not None
    code = task_code([task.state(int(number)) for number in machine.numbers], task.source)
    assert code is not None
    found, text = program(machine, [code])
    expect_equal(machine, text)
    assert found.size == reading_size(text) <= SIZES[name] <= (reading_size(task.source) or 0)


LINES = {
    "textbook/elevator": "    goal = 2 * high + low",
    "textbook/vending_machine": "paid += 5 * nickel + 10 * dime",
    "textbook/serial_comparator": "return comparison, comparison",
    "mips_ints/base_5_addition": "return carry // 5, carry % 5",
    "mips_ints/evens_counter": "if x % 2 == 0:",
}


@pytest.mark.parametrize("name", LINES)
def test_what_moves_counts_divides_and_comes_out_whole_is_said_so(name: str) -> None:
    task = load_task(TASKS / f"{name}.py")
    machine = tabulate(task)
    code = task_code([task.state(at) for at in range(machine.size)], task.source)
    found, text = program(machine, [code])
    assert LINES[name] in found.body
    expect_equal(machine, text)


FIELDS = (
    (),
    (Port("v", 0, 2, "one-hot", ("low", "mid", "high")),),
    (Port("v", -1, 1, "binary"),),
    (Port("v", 0, 1, "one-hot", ("off", "on")),),
)
"""What stands before the bit on a side: nothing, words or an integer."""


def side(name: str, fields: tuple[Port, ...]) -> Signals:
    ports = tuple(replace(port, name=f"{name}_{port.name}") for port in fields)
    return signals_of((*(bit for port in ports for bit in port.bits), name), ports)


@st.composite
def machines(draw: st.DrawFn) -> Machine:
    """Random machines each state of which is reached, with illegal letters and free outputs."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    inputs = side("x", draw(st.sampled_from(FIELDS)))
    outputs = side("y", draw(st.sampled_from(FIELDS)))
    count, letters = draw(st.integers(1, 6)), inputs.size
    successor = rng.integers(0, count, (count, letters)).astype(np.int32)
    legal = rng.random((count, letters)) < draw(st.sampled_from([0.7, 1.0]))
    for state in range(count):
        letter = int(rng.integers(letters))
        successor[state, letter], legal[state, letter] = (state + 1) % count, True
    successor[~legal] = -1
    told = np.where(outputs.alphabet, 1, -1)[rng.integers(outputs.size, size=(count, letters))]
    told[rng.random((count, letters)) < 0.2] = 0
    told[~legal] = 0
    ports = inputs.ports + outputs.ports
    output = told.astype(np.int8)
    return Machine(inputs.bits, outputs.bits, successor, output, legal, None, ports)


@settings(max_examples=12, deadline=None)
@given(machines())
def test_a_program_of_any_machine_does_what_its_table_says(machine: Machine) -> None:
    for code in list(number_codes(machine))[-1:]:
        expect_equal(machine, program(machine, [code])[1])


def test_where_no_code_tells_enough_apart_the_program_is_a_table() -> None:
    machine = tabulate(load_task(TASKS / "delay2.py"))
    code = task_code([0, 0, 1, 1], "")
    assert code is not None
    found, text = program(machine, [code])
    assert found.body == ["return TABLE[state][x]"]
    assert "    ((2, False), (3, False)),\n" in text
    expect_equal(machine, text)


def test_words_that_only_an_output_has_can_be_named() -> None:
    successor = np.array([[0, 0, 1], [1, 0, 1]])[:, [0, 1, 2, 2]].astype(np.int32)
    successor[:, 3] = -1
    signals = side("y", FIELDS[3])
    output = np.where(signals.alphabet, 1, -1)[np.where(successor > 0, 3, 0)].astype(np.int8)
    output[:, 3] = 0
    ports = signals.ports
    machine = Machine(("s", "r"), signals.bits, successor, output, successor >= 0, None, ports)
    expect_equal(machine, program(machine, list(number_codes(machine))[-1:])[1])


STORE = """
inputs = {{"event": ("wait", "put", "take", "open", "close")}}
outputs = {{"taken": bool, "sign": ("empty", "some", "full", "closed")}}
start = (0, {begins})

def step(state, event):
    held, opened = state
    taken = event == "put" and opened and held < {most}
    held += taken - (event == "take" and held > 0)
    opened = event == "open" or event != "close" and opened
    sign = "closed" if not opened else "full" if held == {most} else "some" if held else "empty"
    return (held, opened), (taken, sign)
"""
"""What the sign says follows from the next values of both states, and of neither alone."""


@pytest.mark.parametrize(("most", "begins"), [(3, False), (5, True), (7, False)])
def test_a_result_that_needs_the_names_of_several_others_is_found(most: int, begins: bool) -> None:
    source = STORE.format(most=most, begins=begins)
    task = read_task(source.encode(), Path("store.py"))
    machine = tabulate(task)
    code = task_code([task.state(at) for at in range(machine.size)], source)
    assert code is not None
    found, text = program(machine, [code])
    expect_equal(machine, text)
    assert found.size == reading_size(text) <= (reading_size(source) or 0)


def test_long_lines_of_code_are_set_anew_and_those_of_a_docstring_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What sets them takes long to load, and would leave a docstring as it is."""
    machine = tabulate(load_task(TASKS / "loop3.py"))
    found, _ = program(machine, number_codes(machine))
    graph, words = interface(machine, "found"), "one word after the other, " * 8
    # An import of what stands for None here fails.
    monkeypatch.setitem(sys.modules, "black", None)
    assert f'"""{words}"""' in emit_readable(graph, found, words)
    long = replace(found, body=[*found.body[:-1], f"{found.body[-1]} + 0" + " + 0" * 40])
    with pytest.raises(ImportError):
        emit_readable(graph, long, words)
