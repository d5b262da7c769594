"""bonsaic machine: its table, what it holds against a task, and its exit codes."""

import re
import shlex

import pytest
from article import DELAY2
from command_line import mistake
from sources import TASK

from bonsai_compiler.fsm import machine_drawing

DELAY2_TABLE = """\
machine of delay2: 4 states, of 4 reached
columns are x; entries are next state / y
     0      1
> A  A / 0  B / 0
  B  C / 0  D / 0
  C  A / 1  B / 1
  D  C / 1  D / 1

each state of the machine, as s0 s1
  A  HL
  B  HH
  C  LL
  D  LH
s0: L = -1, H = 1
s1: L = -1, H = 1
"""
DELAY1_TABLE = """
minimal machine of the task delay1: 2 states
columns are x; entries are next state / y
     0      1
> A  A / 0  B / 0
  B  A / 1  B / 1
"""
CARELESS = TASK + "return x, True if state else None\n"
REFUSES = TASK + "assert not (state and x), 'never twice'\n    return x, bool(state)\n"
LEGAL = "\n\ndef legal(state, x):\n    return bool(x) != bool(state)\n"
ALTERNATES = TASK + "return x, x and not state\n" + LEGAL
COUNTS = TASK + "return state + x, state == 2\n"
ALWAYS = "graph always (logic)\ninput x in {False, True}\nlogic n = True\noutput y = n\n"
COPIES = "graph copies (logic)\ninput x in {False, True}\nstate s = False then s\noutput y = x\n"
FADES = """\
graph fades
input x in {-1, 1}
state s = 0 then n
neuron n = linear(0.9*s + 0.1*x)
neuron o = linear(1*n - 0.3)
output y = o
"""
REMEMBERS = TASK.replace("start = 0", "start = ()") + "return (*state, x), x\n"


def written(bonsaic, files, text):
    (files / "task.py").write_text(text)
    return bonsaic("machine", "task.py")


def test_the_table_of_a_graph(bonsaic, files):
    assert bonsaic("machine", "delay2.bonsai") == (0, DELAY2_TABLE, "")
    assert bonsaic("machine", "-", stdin=DELAY2) == (0, DELAY2_TABLE, "")
    assert bonsaic("machine", "delay2.bonsai", "-o", "out.txt") == (0, "", "")
    assert (files / "out.txt").read_text() == DELAY2_TABLE


def test_without_inputs_there_is_one_column(bonsaic, files):
    _, out, _ = bonsaic("machine", "loop3.bonsai")
    assert "entries are next state / y\n     each tick\n> A  B / 0\n  B  C / 0\n  C  A / 1\n" in out
    assert "  A  LH\n  B  LL\n  C  HH\n" in out


def test_a_network_is_lifted_and_long_lists_are_counted(bonsaic, files):
    code, out, _ = bonsaic("machine", "delay1.json", "--task", "delay1.py")
    assert code == 0
    assert out.startswith("machine of delay1: 2 states, of ")
    assert re.search(r"^  A  (\d+, ){11}\d+ and \d+ more$", out, re.MULTILINE)
    assert out.endswith("\n\nthe same as the minimal machine of the task delay1\n")


@pytest.mark.parametrize("file", ["delay2.py", "logic.bonsai", "delay2.bonsai"])
def test_same_is_exit_code_0(bonsaic, files, file):
    code, out, err = bonsaic("machine", file, "--task", "delay2.py")
    assert (code, err) == (0, "")
    assert out.endswith("the same as the minimal machine of the task delay2\n")


def test_a_difference_is_the_shortest_and_replays(bonsaic, files):
    code, out, _ = bonsaic("machine", "delay2.bonsai", "--task", "delay1.py")
    assert code == 1
    assert "differs from the task delay1: x = 1, 0: y = 0, expected 1\n" in out
    assert out.endswith(DELAY1_TABLE)
    words = shlex.split(re.search("bonsaic run replays it: (.*)", out)[1])
    answers = [bonsaic("run", file, *words)[1].split()[-1] for file in ("delay2.py", "delay1.py")]
    assert answers == ["0", "1"]


def test_a_difference_without_inputs_is_a_number_of_ticks(bonsaic, files):
    text = (files / "loop3.bonsai").read_text().replace("state  s1 = -1", "state  s1 = 1")
    code, out, _ = bonsaic("machine", "-", "--task", "loop3.py", stdin=text)
    assert code == 1
    assert "differs from the task loop3: tick 1: y = 1, expected 0\n" in out
    assert "bonsaic run replays it: --ticks 1\n" in out


def test_what_the_task_does_not_care_about_is_no_difference(bonsaic, files):
    code, out, _ = written(bonsaic, files, CARELESS)
    assert code == 0
    assert "- is an output that does not matter\n     0      1\n> A  A / -  B / -\n" in out
    code, out, _ = bonsaic("machine", "-", "--task", "task.py", stdin=ALWAYS)
    assert code == 0
    assert "agrees with the task task: differs only where that does not care\n" in out
    assert bonsaic("machine", "delay1.py", "--task", "task.py")[0] == 0
    assert bonsaic("machine", "task.py", "--task", "delay1.py")[0] == 1


def test_only_legal_inputs_count(bonsaic, files):
    code, out, _ = written(bonsaic, files, ALTERNATES)
    assert code == 0
    assert ". is an input that cannot come\n" in out
    assert "     0      1\n> A  .      B / 1\n  B  A / 0  .\n" in out
    code, out, _ = bonsaic("machine", "-", "--task", "task.py", stdin=COPIES)
    assert code == 0
    # The start, 0, is not the state False.
    assert out.startswith("machine of copies: 2 states, of 3 reached\n")
    assert "  A  0\n  B  0\n0 is several states, told apart by what may come" in out
    assert bonsaic("check", "-", "delay2.py", stdin=COPIES)[0] == 1


def test_a_horizon_is_the_end(bonsaic, files):
    code, out, _ = written(bonsaic, files, COUNTS + "\n\nhorizon = 3\n")
    assert code == 0
    assert "6 states, of 10 reached, up to its horizon of 3 ticks\n" in out
    assert "  F  .      .\n" in out


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        (REMEMBERS, "bound what step remembers"),
        (REMEMBERS + "\n\nhorizon = 20\n", "shorten the horizon of 20 ticks"),
    ],
)
def test_a_program_that_does_not_close_is_refused(bonsaic, monkeypatch, text, mend):
    # Programs are slow to ask; that of a graph goes as far as it may.
    closed = machine_drawing.closed
    monkeypatch.setattr(machine_drawing, "closed", lambda own, wanted: closed(own, wanted, 2**10))
    assert mend in mistake(bonsaic("machine", "-", stdin=text))


def test_a_graph_that_does_not_close_is_refused(bonsaic):
    said = mistake(bonsaic("machine", "-", stdin=FADES))
    assert "no small machine was found by " in said
    assert ", and leaves the last one, of " in said


def test_too_many_inputs_are_refused(bonsaic, tmp_path, monkeypatch):
    inputs = "".join(f"input x{n} in {{False, True}}\n" for n in range(40))
    wide = f"graph g (logic)\n{inputs}output y = x0\n"
    (tmp_path / "wide.bonsai").write_text(wide)
    monkeypatch.chdir(tmp_path)
    for words in (["machine", "-"], ["check", "-", "wide.bonsai"]):
        assert "there are 40 inputs; 16 are the most" in mistake(bonsaic(*words, stdin=wide))
    assert bonsaic("view", "wide.bonsai", "-o", "wide.html")[0] == 0
    assert (
        "No machine: there are 40 inputs; 16 are the most." in (tmp_path / "wide.html").read_text()
    )


def test_integers_of_too_many_values_together_are_refused(bonsaic):
    ports = "".join(f"port {name} in 0..63 thermometer\n" for name in "abc")
    bits = "".join(f"input {name}_{n} in {{False, True}}\n" for name in "abc" for n in range(1, 64))
    told = mistake(bonsaic("machine", "-", stdin=f"graph g (logic)\n{ports}{bits}output y = a_1\n"))
    assert "262,144 choices of values; 65,536 are the most" in told


def test_a_program_that_fails_has_no_output_there(bonsaic, files):
    (files / "refuses.py").write_text(REFUSES)
    assert "never twice" in mistake(bonsaic("machine", "refuses.py"))
    code, out, _ = bonsaic("machine", "refuses.py", "--task", "delay1.py")
    assert code == 1
    assert "  B  A / 1  B / !\n" in out
    assert "x = 1, 1: refuses.py:7: step(True, True) raised AssertionError: never twice" in out


def test_states_that_look_alike_are_numbered(bonsaic, files):
    long = TASK.replace("start = 0", "start = (0,) * 60")
    _, out, _ = written(bonsaic, files, long + "return (*state[:-1], int(x)), bool(state[-1])\n")
    assert re.search(r"  A  \(0, .*\.\.\. \(#0\)\n  B  \(0, .*\.\.\. \(#1\)\n", out)
