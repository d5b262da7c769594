"""A small share of the fuzzer's cases, and the fuzzer itself: it finds what is planted."""

import subprocess
import sys

import pytest
from documents import TOP
from fuzzing import command
from fuzzing.brute import Program, identity, searched
from fuzzing.campaign import campaign, run_case
from fuzzing.case import DisagreementError, run_program
from fuzzing.curve import smooth, zigzag
from fuzzing.equations import solved
from fuzzing.fields import Field, bits_of, values_of
from fuzzing.reading import read_graph
from fuzzing.running import GraphRun

from bonsai_compiler.backends import BACKENDS
from bonsai_compiler.driver import workflow
from bonsai_compiler.equivalence.verdict import Verdict
from bonsai_compiler.ir import interpreter
from bonsai_compiler.ir.interpreter import FUNCTIONS
from bonsai_compiler.networks import lift
from bonsai_compiler.oracle.oracle import SpecificationOracle
from bonsai_compiler.passes import manager
from bonsai_compiler.passes.checking import Check

SHARE = {
    "tasks": 8,
    "graphs": 16,
    "networks": 2,
    "pipelines": 8,
    "programs": 10,
    "malformed": 12,
}


@pytest.mark.parametrize("kind", SHARE)
def test_nothing_is_open(kind):
    ended = {place: fault for _, place, fault, _ in campaign([kind], 0, cases=SHARE[kind])}
    assert len(ended) == SHARE[kind]
    assert not any(ended.values()), ended


def opened(kind, cases=150, seed=0):
    """The faults of those cases, of so many, that are open, one after the other."""
    return (fault for *_, fault, _ in campaign([kind], seed, cases=cases) if fault)


def always(kind):
    """A verdict on everything, whatever it is."""

    def held(_, wanted):
        verdict = Verdict(kind, 1, wanted.horizon if hasattr(wanted, "horizon") else None)
        return verdict, wanted

    return held


def changed(function, change):
    return lambda *given, **more: change(function(*given, **more))


def test_a_verdict_that_is_always_proved_is_found_out(monkeypatch):
    monkeypatch.setattr(workflow, "held_against", always("proved"))
    assert any("tells them apart" in fault for fault in opened("tasks"))
    assert any("step differs" in fault for fault in opened("programs"))


def test_a_verdict_that_is_always_tested_is_found_out(monkeypatch):
    monkeypatch.setattr(workflow, "held_against", always("tested"))
    assert any("a small search closes" in fault for fault in opened("tasks"))


def test_an_evaluator_that_rounds_up_is_found_out(monkeypatch):
    nearest = interpreter.nearest
    monkeypatch.setattr(
        interpreter,
        "nearest",
        lambda column, levels: -nearest(-column, tuple(-n for n in levels[::-1])),
    )
    assert any("states" in fault for fault in opened("graphs"))


def test_an_evaluator_that_takes_max_for_min_is_found_out(monkeypatch):
    monkeypatch.setitem(FUNCTIONS, "min", FUNCTIONS["max"])
    assert any(opened("graphs"))


@pytest.mark.parametrize(("old", "new"), [(" and ", " or "), (" >= ", " > "), ("1.0", "1.5")])
def test_a_fault_in_what_is_emitted_is_found_out(old, new, monkeypatch):
    monkeypatch.setitem(
        BACKENDS, "python", changed(BACKENDS["python"], lambda text: text.replace(old, new))
    )
    assert any("the program" in fault for fault in opened("graphs"))


def test_a_fault_in_the_equations_is_found_out(monkeypatch):
    monkeypatch.setitem(
        BACKENDS, "boolean", changed(BACKENDS["boolean"], lambda text: text.replace(" & ", " | "))
    )
    assert any(" is not " in fault or ", not " in fault for fault in opened("graphs"))


def test_a_network_that_is_lifted_with_a_wire_less_is_found_out(monkeypatch):
    monkeypatch.setattr(lift, "_terms", changed(lift._terms, lambda terms: terms[1:]))
    assert any(opened("networks"))


def test_a_pass_that_breaks_what_nobody_checks_is_found_out(monkeypatch):
    monkeypatch.setattr(manager, "check", lambda *_, **__: Check("proved", finite=True))
    monkeypatch.setattr(SpecificationOracle, "verdict", lambda *_: Verdict("proved", 1))
    assert any("tells them apart" in fault for fault in opened("pipelines"))


def test_a_traceback_and_a_hang_are_found_out(monkeypatch):
    def broken(*_):
        raise ValueError("oh")

    monkeypatch.setattr(workflow, "check", broken)
    assert any("ValueError: oh" in fault for fault in opened("malformed"))

    def endless(*_):
        while True:
            pass

    monkeypatch.setattr(workflow, "check", endless)
    monkeypatch.setattr(command, "PROCESSOR", 1)
    assert any("ended by signal" in fault for fault in opened("malformed"))


def test_a_case_is_the_same_again(monkeypatch, tmp_path):
    monkeypatch.setattr(workflow, "held_against", always("proved"))
    faults = {place: fault for _, place, fault, _ in campaign(["tasks"], 5, cases=12) if fault}
    for place, fault in faults.items():
        assert run_case("tasks", place, 1, tmp_path) == ("open", fault)
        assert (tmp_path / f"tasks-{place.replace('/', '-')}" / "task.py").exists()
    assert faults


def test_the_jobs_share_the_cases():
    places = [
        [place for _, place, _, _ in campaign(["tasks"], 1, (job, 2), cases=6)] for job in (0, 1)
    ]
    assert places == [["1/0", "1/2", "1/4"], ["1/1", "1/3", "1/5"]]


def test_the_command_tells_how_cases_ended():
    words = [sys.executable, "-m", "tests.fuzzing", "--seconds", "0.2", "--jobs", "2"]
    ended = subprocess.run(words, capture_output=True, text=True, cwd=TOP)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines()[-1].startswith("| malformed | ")


TOGGLE = """\
inputs, outputs, start = ("x",), ("y",), 0
def step(state, x):
    return (state + 1) % {length} if x else state, state == {length} - 1
"""


def test_brute_force_finds_the_shortest_difference():
    fields = (Field("y"),)
    three, six = (Program(run_program(TOGGLE.format(length=length)), fields) for length in (3, 6))
    found = searched(six, three, [(False,), (True,)])
    assert found.differing == ((True,), (True,), (False,))
    assert searched(six, six, [(False,), (True,)]).closed
    assert searched(six, three, [(False,), (True,)], horizon=2).closed


def test_states_that_python_finds_equal_are_told_apart():
    alike = [1, True, 1.0, 0, False, 0.0, -0.0, (1,), (True,), frozenset({1}), frozenset({1.0})]
    assert len({identity(value) for value in alike}) == len(alike)
    assert identity((1, ("a", None))) == identity((1, ("a", None)))


def test_the_equations_mean_what_they_say():
    text = "# doc\nn = a & ~b | a ^ b\n[s' == 0] = n\n[s' == 1] = ~n\ny = [(2, 0)[s] + a > 1]\n"
    told = solved(text, {"a": True, "b": True, "s": 1})
    assert (told["n"], told["s'"], told["y"]) == (False, 1, False)
    assert solved(text, {"a": True, "b": False, "s": 0})["y"] is True
    with pytest.raises(ValueError, match="two levels"):
        solved("[s' == 0] = True\n[s' == 1] = True\n", {"s": 0})


def test_the_curve_goes_through_its_corners():
    for x, y in ((-4, -1.5), (-3, -1), (-2, 0), (-1, 1), (0, 0), (1, -1), (2, 0), (3, 1), (5, 2)):
        assert zigzag(x, 0.5) == smooth(x, 0.5) == y


@pytest.mark.parametrize("encoding", ["thermometer", "one-hot", "binary"])
def test_integers_are_their_bits(encoding):
    field = Field("a", -1, 3, encoding)
    assert [values_of((field,), bits_of((field,), (n,))) for n in field.values] == [
        (n,) for n in range(-1, 4)
    ]


def test_a_graph_that_is_read_runs():
    text = (
        "graph g\nactivation ameo = factor 1 leak 0\ninput x in {-1, 1}\n"
        "state s = -1 then n near {-1, 1}\nneuron n = ameo(-1*x + 0.5*s - 1.5)\noutput y = s\n"
    )
    run = GraphRun(read_graph(text))
    assert run.step((-1.0,), (True,)) == ((-1.0,), (False,))
    assert run.step((-1.0,), (False,)) == ((1.0,), (False,))
    with pytest.raises(DisagreementError):
        command.expect(False, "as it should")
