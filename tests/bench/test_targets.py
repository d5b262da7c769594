"""What `bench targets` says of results: which are right, and that one which is not is caught."""

import json
import re
from pathlib import Path

import pytest
from foreign_code import run, tool

from bonsai_compiler.bench.rows import Results, Row, save_results
from bonsai_compiler.bench.targets import measure, proofs, texts
from bonsai_compiler.bench.targets.proofs import caught
from bonsai_compiler.bench.targets.sizes import Size, counted, table
from bonsai_compiler.bench.targets.trial import first_fault, trial_of
from bonsai_compiler.certificates.certificate import certificate
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.text import load
from bonsai_compiler.oracle.compare import as_specification
from bonsai_compiler.specification.machine import minimized, tabulate
from bonsai_compiler.specification.task_file import load_task
from bonsai_compiler.targets.about import UNKNOWN

TASK = '''\
"""y is the input from two ticks ago; only the first six ticks are asked for."""

inputs = ("x",)
outputs = ("y",)
start = (False, False)
horizon = 6


def step(state, x):
    older, newer = state
    return (newer, x), older


def legal(state, x):
    return not all((*state, x))
'''
DELAY = """\
graph two (logic)
input  x in {False, True}
state  s0 = False then x
state  s1 = False then s0
output y = s1
"""


@pytest.fixture
def results(tmp_path, monkeypatch):
    """A folder as `bench` fills it, of a suite of one task."""
    monkeypatch.chdir(tmp_path)
    Path("suite").mkdir()
    Path("suite/two.py").write_text(TASK)
    place = Path("results/seed-0/two")
    (place / "steps").mkdir(parents=True)
    (place / "steps/00-lift.bonsai").write_text(DELAY)
    (place / "report.json").write_text(json.dumps({"task": "two", "verdict": "proved"}))
    row = Row("two", 0, "proved", 6, 1.0, 0, 0, 2, 4, 9, "")
    save_results(Path("results/results.json"), Results("suite", "any", (row,)))
    return Path("results")


def only(monkeypatch, *names):
    monkeypatch.setattr(measure, "CHECKS", {name: measure.CHECKS[name] for name in names})


def test_a_right_result_has_no_faults(bonsaic, results, monkeypatch):
    only(monkeypatch, "btor2", "kiss2")
    code, said, _ = bonsaic("bench", "targets", str(results))
    assert code == 0
    assert "| suite | two |" in said
    assert "| 0 / 2 |" in said
    assert "1 results, 0 with faults; tried: btor2, kiss2" in said


def test_a_target_that_does_otherwise_is_told_of(bonsaic, results, monkeypatch):
    only(monkeypatch, "btor2", "kiss2")
    right = texts.emit

    def wrong(graph, to):
        return right(load(DELAY.replace("then s0", "then x")) if to == "btor2" else graph, to)

    monkeypatch.setattr(texts, "emit", wrong)
    code, said, _ = bonsaic("bench", "targets", str(results))
    assert code == 1
    assert "btor2: word 2 is wrong at tick 2 |" in said
    assert "kiss2:" not in said


def test_words_pass_every_transition_up_to_the_horizon_and_stay_legal(results):
    trial = trial_of(load(DELAY), load_task(Path("suite/two.py")))
    assert max(len(word.bits) for word in trial.words) == 6
    for word in trial.words:
        bits = [False, False, *word.bits[:, 0].tolist()]
        assert not any(all(bits[place : place + 3]) for place in range(len(bits) - 2))
    prefixes = {tuple(word.bits[:n, 0].tolist()) for word in trial.words for n in range(1, 7)}
    assert {(True, True, False), (False, True, True), (False, False)} <= prefixes
    assert first_fault(trial, [word.wanted > 0 for word in trial.words]) is None


def test_a_folder_that_holds_no_results_is_one_line(bonsaic, tmp_path):
    code, _, said = bonsaic("bench", "targets", str(tmp_path))
    assert code == 2
    assert "holds no results.json; give a folder that 'bonsaic bench SUITE' has filled" in said


def test_what_one_gate_alone_reads_is_no_literal():
    # y = a and b and not (c and d), kept; z = c and d.
    def cell(kind, **pins):
        return {"type": kind, "connections": {pin: [bit] for pin, bit in pins.items()}}

    cells = {
        "both": cell("$_AND_", A=2, B=3, Y=6),
        "other": cell("$_AND_", A=4, B=5, Y=7),
        "not": cell("$_NOT_", A=7, Y=8),
        "all": cell("$_AND_", A=6, B=8, Y=9),
        "kept": cell("$_DFF_P_", C=1, D=9, Q=10),
    }
    ports = {"z": {"direction": "output", "bits": [7]}, "c": {"direction": "input", "bits": [4]}}
    assert counted({"cells": cells, "ports": ports}) == Size(3, 5, 1)
    ports["z"]["bits"] = [10]
    assert counted({"cells": cells, "ports": ports}) == Size(3, 4, 1)
    with pytest.raises(BonsaiError, match="left a cell, which is not counted"):
        counted({"cells": {"odd": {"type": "cell"}}, "ports": {}})


def test_a_table_in_verilog_is_the_machine(results, tmp_path):
    simulator = tool("iverilog")
    machine = minimized(tabulate(load_task(Path("suite/two.py"))))
    (tmp_path / "table.v").write_text(table(machine))
    (tmp_path / "bench.v").write_text(
        "module bench; reg clk = 0, rst = 1, x = 0; wire y; integer n;\n"
        "reg [0:5] given = 6'b110101, asked = 6'b001101;\n"
        "machine m(clk, rst, x, y);\n"
        "initial begin #1 clk = 1; #1 clk = 0; rst = 0;\n"
        "for (n = 0; n < 6; n = n + 1) begin x = given[n]; #1;\n"
        'if (y !== asked[n]) $display("%d", n); #1 clk = 1; #1 clk = 0; end end endmodule\n'
    )
    run(simulator, "-o", "simulation", "table.v", "bench.v", folder=tmp_path)
    assert run(tool("vvp"), "simulation", folder=tmp_path) == ""


def test_the_checker_refuses_what_a_solver_refuses(results, tmp_path):
    tool("z3")
    text = certificate(load(DELAY), as_specification(load_task(Path("suite/two.py"))), UNKNOWN)
    assert re.fullmatch(r"5 of 5; \d+ harmless", caught(text, 5, tmp_path))


def test_a_checker_that_lets_mutants_pass_is_told_of(results, tmp_path, monkeypatch):
    tool("z3")
    text = certificate(load(DELAY), as_specification(load_task(Path("suite/two.py"))), UNKNOWN)
    monkeypatch.setattr(proofs, "refused", lambda _: False)
    with pytest.raises(BonsaiError, match="the checker lets mutant"):
        caught(text, 5, tmp_path)
