"""The verdict on networks whose states never repeat: in words, and in a report."""

import itertools
import json

import drifting
import numpy as np
import pytest
from safetensors.numpy import save_file

from bonsai_compiler.driver import workflow
from bonsai_compiler.equivalence.system import GraphSystem, MachineSystem
from bonsai_compiler.networks.conventions import Conventions, InitialStates
from bonsai_compiler.networks.parsing import read_foreign
from bonsai_compiler.oracle import compare, falsify
from bonsai_compiler.specification.task_file import load_task
from bonsai_compiler.system.deadline import Deadline


@pytest.fixture
def soon(monkeypatch):
    """Makes searches and runs so short that they take no time."""
    monkeypatch.setattr(compare, "JOINT_STATES", 500)
    monkeypatch.setattr(falsify, "COARSE", 500)
    monkeypatch.setattr(falsify, "RUNS", 64)
    monkeypatch.setattr(falsify, "TICKS", 50)


@pytest.mark.parametrize("name", ["delay2", "gated", "parity"])
def test_states_that_never_repeat_are_proved_by_regions(name, soon):
    graph, machine = drifting.NETWORKS[name]()
    verdict = compare.compare(GraphSystem(graph, machine.letters), MachineSystem(machine))
    assert (verdict.kind, verdict.by) == ("proved", "regions")
    assert verdict.regions > 0
    assert 0 < verdict.slack < 1e-4
    assert "regions, whatever rounds by up to" in verdict.describe(
        graph.input_signals, graph.output_signals
    )


RECENT = """
inputs = {"move": ("stay", "next", "back")}
outputs = {"recent": ("none", "once", "twice")}
start = False


def step(before, move):
    now = move == "next"
    return now, ("none", "once", "twice")[now + before]
"""


def recent(folder, once):
    """A network with a unit for this move and one for that before it; the greatest score counts."""
    numbers = {
        "rnn.weight_ih_l0": [[0.1, 6, 0], [0, 0, 0.1]],
        "rnn.weight_hh_l0": [[0, 0.1], [4, 0]],
        "rnn.bias_ih_l0": [-3, 0],
        "rnn.bias_hh_l0": [0, 0],
        "head.weight": [[-1, -1], [0, 0], [1, 1]],
        "head.bias": [0, once, 0],
    }
    tensors = {name: np.array(value, dtype=np.float32) for name, value in numbers.items()}
    save_file(tensors, folder / "recent.safetensors")
    (folder / "recent.py").write_text(RECENT, encoding="utf-8")
    task = load_task(folder / "recent.py")
    before = InitialStates("told", np.array([[-1.0, -1.0]]))
    conventions = Conventions("one-hot", "argmax", "tanh", initial=before)
    graph = read_foreign(str(folder / "recent.safetensors"), task, conventions)
    specification = compare.as_specification(task)
    return compare.compare(compare.as_candidate(graph, specification), specification)


def test_the_greatest_of_three_scores_is_proved_by_regions(tmp_path, soon):
    verdict = recent(tmp_path, once=0.5)
    assert (verdict.kind, verdict.by) == ("proved", "regions")


@pytest.mark.parametrize("once", [-0.5, 2.5])
def test_a_score_that_is_too_small_or_too_large_is_refuted(tmp_path, soon, once):
    assert recent(tmp_path, once).kind == "refuted"


def test_where_states_repeat_the_search_proves():
    graph, machine = drifting.zigzag()
    verdict = compare.compare(GraphSystem(graph, machine.letters), MachineSystem(machine))
    assert (verdict.kind, verdict.by, verdict.regions) == ("proved", "search", 0)


@pytest.mark.parametrize("name", ["delay2", "gated", "parity"])
def test_a_slow_machine_says_the_same(name, soon, monkeypatch):
    graph, machine = drifting.NETWORKS[name]()
    hours = itertools.count(step=3600.0)
    monkeypatch.setattr("time.monotonic", lambda: next(hours))
    verdict = compare.compare(GraphSystem(graph, machine.letters), MachineSystem(machine))
    assert (verdict.kind, verdict.by) == ("proved", "regions")


def test_without_time_nothing_is_proved(soon):
    graph, machine = drifting.gated()
    candidate = GraphSystem(graph, machine.letters)
    verdict = compare.compare(candidate, MachineSystem(machine), deadline=Deadline(0.0))
    assert verdict.kind == "tested"


def test_the_report_says_by_what(soon, tmp_path):
    (tmp_path / "latch.py").write_text(drifting.LATCH)
    task = load_task(tmp_path / "latch.py")
    result = workflow.compile_lifted(drifting.gated()[0], task, tmp_path / "build")
    network = json.loads((tmp_path / "build" / "latch" / "report.json").read_text())["network"]
    assert network["verdict"] == "proved"
    assert network["by"] == "regions"
    assert network["regions"] == result.network.regions > 0
    assert network["slack"] == result.network.slack
    assert f"{result.network.regions} regions" in result.summary
    assert f"{result.network.regions} regions" in result.program
