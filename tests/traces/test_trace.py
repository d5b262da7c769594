"""Traces: files hold what the interpreter says, waves and steps by hand show it."""

import csv
import io
import math
import re
import tempfile
from pathlib import Path

import numpy as np
import pytest
from command_line import LOGIC, mistake, table
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import graphs, logic_graphs, random_bits
from vcdvcd import VCDVCD

from bonsai_compiler.ir.interpreter import run
from bonsai_compiler.ir.signals import signals_of
from bonsai_compiler.ir.text import load
from bonsai_compiler.notebook import waves
from bonsai_compiler.specification.task_file import load_task, read_task
from bonsai_compiler.traces.running import record, runner_of
from bonsai_compiler.traces.sequence import example
from bonsai_compiler.traces.stepping import step_by_hand
from bonsai_compiler.traces.trace import PERIOD, Group, Kind, as_csv, as_vcd
from bonsai_compiler.traces.waves import draw

TICKS = 12
COUNTER = """\
inputs = ("up",)
outputs = ("high", "care")
start = 2
def step(state, up):
    following = state + 1 if up else state - 1
    return following, (state > 0, None if state == 1 else up)
"""
SEVEN = ["1", "0", "1", "1", "0", "0", "1"]


def recorded(graph):
    bits = random_bits(TICKS, len(graph.inputs))
    trace = record(runner_of(graph), [tuple(map(bool, row)) for row in bits])
    return trace, run(graph, bits)


def read_vcd(text):
    """Return the values of each signal at every tick, by its name without scopes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "trace.vcd")
        path.write_text(text, encoding="ascii")
        dump = VCDVCD(str(path))
    kinds = {name: dump[name].var_type for name in dump.signals}
    return {
        name.split(".")[-1].partition("[")[0]: [
            number(dump[name][tick * PERIOD], kinds[name]) for tick in range(TICKS)
        ]
        for name in dump.signals
    }


def number(word, kind):
    if kind == "real":
        return float(word)
    if word in ("x", "0", "1"):
        return {"x": None}.get(word, word == "1")
    return int(word, 2) - (1 << 64 if len(word) == 64 and word[0] == "1" else 0)


@settings(max_examples=30)
@given(graphs() | logic_graphs())
def test_both_files_hold_what_the_interpreter_says(graph):
    trace, values = recorded(graph)
    dump = read_vcd(as_vcd(trace))
    rows = list(csv.DictReader(io.StringIO(as_csv(trace))))
    assert len(rows) == TICKS
    assert {signal.name for signal in trace.signals} == {node.name for node in graph.nodes}
    for signal in trace.signals:
        wanted = values[signal.name]
        if signal.kind is Kind.BIT:
            assert dump[signal.name] == [value > 0 for value in wanted]
        else:
            assert np.allclose(dump[signal.name], wanted, rtol=1e-15, atol=0, equal_nan=True)
        is_input = signal.group is Group.INPUTS
        written = [float(row[signal.name]) for row in rows]
        assert np.array_equal(written, wanted > 0 if is_input else wanted, equal_nan=True)
    assert dump["clock"] == [True] * TICKS


def test_a_tick_is_a_period_of_the_clock(bonsaic, files):
    assert bonsaic("run", "logic.bonsai", "--trace", "out.vcd", "--", *SEVEN)[0] == 0
    text = (files / "out.vcd").read_text()
    dump = VCDVCD(str(files / "out.vcd"))
    assert float(dump.timescale["timescale"]) == 1e-9
    assert (dump.begintime, dump.endtime) == (0, len(SEVEN) * PERIOD)
    clock = dump["delay2.clock"]
    assert [clock[time] for time in (0, 4, 5, 9, 10, 65)] == ["1", "1", "0", "0", "1", "0"]
    assert dump["delay2.states.s0"].size == "1"
    assert [dump["delay2.outputs.y"][tick * PERIOD] for tick in range(7)] == list("0010110")
    assert bonsaic("run", "logic.bonsai", "--trace", "out.vcd", "--", *SEVEN)[0] == 0
    assert (files / "out.vcd").read_text() == text


def test_levels_are_integers_and_what_does_not_matter_is_x():
    task = read_task(COUNTER.encode(), Path("counter ü.py"))
    sequence = [(False,)] * 6 + [(True,)] * 6
    trace = record(runner_of(task), sequence)
    dump = read_vcd(as_vcd(trace))
    assert dump["state"] == list(trace["state"]) == [2, 1, 0, -1, -2, -3, -4, -3, -2, -1, 0, 1]
    assert dump["care"] == [False, None, False, False, False, False, *[True] * 5, None]
    assert "$var integer 64" in as_vcd(trace)
    assert "$scope module counter__fc $end" in as_vcd(trace)
    assert [row["care"] for row in csv.DictReader(io.StringIO(as_csv(trace)))][1] == ""


@pytest.mark.parametrize("name", ["delay2", "loop3"])
def test_a_program_shows_its_state_in_parts(tasks, name):
    task = load_task(tasks / f"{name}.py")
    trace = record(runner_of(task), [(True,) * len(task.inputs)] * 3)
    states = [signal.name for signal in trace.signals if signal.detail]
    assert states == {"delay2": ["older", "newer"], "loop3": ["tick"]}[name]


def test_waves_are_drawn(bonsaic, files):
    code, out, _ = bonsaic("run", "logic.bonsai", "--draw", "--", *SEVEN)
    assert code == 0
    assert out == (
        "tick 1       5\n"
        "     ──┐ ┌───┐   ┌─\n"
        "   x   └─┘   └───┘\n"
        "       ┌─┐ ┌───┐\n"
        "  s0 ──┘ └─┘   └───\n"
        "         ┌─┐ ┌───┐\n"
        "  s1 ────┘ └─┘   └─\n"
        "         ┌─┐ ┌───┐\n"
        "   y ────┘ └─┘   └─\n"
    )


def test_levels_are_bars_and_texts_stand_until_they_change():
    task = read_task(COUNTER.replace("start = 2", "start = 0").encode(), Path("c.py"))
    lines = draw(record(runner_of(task), [(True,)] * 16), 80, everything=True).splitlines()
    assert lines[3].strip() == "0..15                 ▁▁▂▂▃▃▄▄▅▅▆▆▇▇██"
    assert lines[4].strip() == "state ▁▁▂▂▃▃▄▄▅▅▆▆▇▇██" + "█" * 16
    assert "╌╌" in lines[8]
    named = COUNTER.replace("state + 1 if up else state - 1", "'long' if up else 'b'")
    named = named.replace("state > 0", "up").replace("start = 2", "start = 'b'")
    words = record(runner_of(read_task(named.encode(), Path("c.py"))), [(True,)] * 5)
    assert "│…│'long'" in draw(words, 80, everything=True)


def test_a_state_that_outgrows_every_number_is_a_text():
    huge = COUNTER.replace("state + 1 if up else state - 1", "state * 10 ** 200 + 1")
    trace = record(runner_of(read_task(huge.encode(), Path("huge.py"))), [(True,)] * 4)
    assert {signal.kind for signal in trace.signals if signal.detail} == {Kind.TEXT}
    assert "│2" in draw(trace, 80, everything=True)
    assert "$var string" in as_vcd(trace)
    assert "<svg" in waves(trace)


@given(st.integers(1, 40), st.integers(0, 60))
def test_a_drawing_keeps_to_its_page(ticks, width):
    trace = record(runner_of(load(LOGIC)), [(tick % 3 == 0,) for tick in range(ticks)])
    lines = draw(trace, width).splitlines()
    assert max(map(len, lines)) <= max(width, 8)
    span = max(1, (width - 5) // 2)
    span -= span % 5 if span > 5 else 0
    assert len(lines) == 10 * math.ceil(ticks / span) - 1
    waves = zip(*(lines[row::10] for row in (1, 2)), strict=True)
    drawn = "".join(
        "01"[(high[5:].ljust(2)[1::2] + " " * span)[place] == "─"]
        for high, low in waves
        for place in range(max(len(high[5:].rstrip()), len(low[5:].rstrip())) // 2)
    )
    assert drawn == "".join("01"[tick % 3 == 0] for tick in range(ticks))


def test_all_shows_neurons_too(bonsaic, files):
    short, long = (
        bonsaic("run", "delay2.bonsai", *more, "--", "1", "0")[1] for more in ([], ["--all"])
    )
    assert table(short)[0] == ["tick", "x", "s0", "s1", "y"]
    assert table(long)[0] == ["tick", "x", "s0", "s1", "o2", "r0", "r1", "d0", "y"]


def test_steps_by_hand_go_on_and_back(bonsaic, files):
    orders = "1\n0 1\n\nback 2\n0\nb\nreset\n1\nquit\n1\n"
    code, out, err = bonsaic("run", "delay2.py", "--step", stdin=orders)
    assert (code, err) == (0, "")
    shown = [line.split() for line in out.splitlines()]
    names = ["tick", "x", "y"]
    taken = [["1", "1", "0"], ["2", "0", "0"], ["3", "1", "1"], ["4", "1", "0"]]
    again = [["2", "0", "0"], ["3", "0", "1"], ["2", "0", "0"], ["at", "the", "start"]]
    assert shown == [names, *taken, *again, names, ["1", "1", "0"]]


def test_steps_follow_a_sequence_and_are_drawn_and_written(bonsaic, files):
    code, out, _ = bonsaic(
        "run", "logic.bonsai", "--step", "--draw", "--trace", "t.csv", "--", "1", "0", stdin="1\n"
    )
    assert code == 0
    assert out.endswith("   y ────┘\n")
    assert len((files / "t.csv").read_text().splitlines()) == 4
    code, out, _ = bonsaic("run", "loop3.py", "--step", stdin="\n\n\ndraw\nhelp\n")
    assert [row[-1] for row in table(out)[1:4]] == ["0", "0", "1"]
    assert "┌─" in out
    assert "back, back 3" in out


@pytest.mark.parametrize("order", ["2", "11", "jump", "back", "back 3", "draw", ""])
def test_a_wrong_order_from_a_pipe_is_one_line(bonsaic, files, order):
    code, _, err = bonsaic("run", "delay2.py", "--step", stdin=f"{order}\n")
    assert (code, len(err.splitlines())) == (2, 1)
    assert "line 1: " in err


def test_a_wrong_order_leaves_the_walk_where_it_was():
    shown, faults = [], []
    runner = runner_of(load(LOGIC))
    walk = step_by_hand(
        runner,
        [],
        ["1", "oops", "0"],
        shown.append,
        lambda *told: faults.append(told),
        80,
        everything=False,
    )
    assert walk.trace()["x"] == (True, False)
    assert len(shown) == 2
    assert [(line, str(error)) for line, error in faults] == [(2, "'oops' is no order; try help")]


@pytest.mark.parametrize(
    "words",
    [
        ["--trace", "out.txt", "--", "1"],
        ["--trace", "missing/out.vcd", "--", "1"],
        ["--ticks", "3", "--step"],
    ],
)
def test_mistakes_are_one_line(bonsaic, files, words):
    mistake(bonsaic("run", "delay2.py", *words))


def test_integers_that_do_not_matter_are_drawn_and_written(tmp_path):
    source = b"""
inputs = ("up",)
outputs = {"y": range(3)}
start = 0
def step(state, up):
    return (state + up) % 3, None if up else state
"""
    runner = runner_of(read_task(source, Path("levels.py")))
    trace = record(runner, [(bit == "1",) for bit in "00101100"])
    assert trace["y"] == (0, 0, None, 1, None, None, 0, 0)
    trace.save(tmp_path / "levels.vcd")
    dump = VCDVCD(str(tmp_path / "levels.vcd"))
    (name,) = (name for name in dump.signals if name.split(".")[-1].partition("[")[0] == "y")
    written = [dump[name][tick * PERIOD] for tick in range(trace.ticks)]
    assert [None if "x" in word else int(word, 2) for word in written] == [*trace["y"]]
    drawn = waves(trace)
    *_, last = re.findall(r'd="(M0 [^"]*)"', drawn)
    assert last.count("M") == 3
    assert re.findall(r">([0-9])<", drawn.partition(last)[2]) == ["0", "1", "0"]


def test_the_word_for_many_inputs_is_soon_there():
    assert example(signals_of(tuple(f"x{place}" for place in range(60)), ())) == "1" * 60
