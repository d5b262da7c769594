"""The commands on good input: what they print, and their exit codes."""

import pytest
from article import DELAY2
from command_line import LOGIC, TWO, mistake, table

from bonsai_compiler import __version__
from bonsai_compiler.backends import BACKENDS
from bonsai_compiler.passes import PASSES


def test_the_version_and_help(bonsaic):
    assert bonsaic("--version")[:2] == (0, f"bonsaic, version {__version__}\n")
    code, out, _ = bonsaic("--help")
    assert code == 0
    commands = [
        "train-and-compile",
        "train",
        "compile",
        "opt",
        "emit",
        "run",
        "machine",
        "check",
        "diff",
        "list",
    ]
    assert all(f"  {name}" in out for name in commands)
    for name in commands:
        assert bonsaic(name, "--help")[0] == 0


def test_run_shows_a_row_a_tick(bonsaic, files):
    for name in ("delay2.bonsai", "delay2.py", "logic.bonsai"):
        code, out, err = bonsaic("run", name, "--", "1", "0", "1", "1")
        assert (code, err) == (0, "")
        header, *rows = table(out)
        assert (header[0], header[1], header[-1]) == ("tick", "x", "y")
        assert [row[1] for row in rows] == ["1", "0", "1", "1"]
        assert [row[-1] for row in rows] == ["0", "0", "1", "0"]


def test_run_takes_one_word_a_tick_for_several_inputs(bonsaic, files):
    code, out, _ = bonsaic("run", "two.bonsai", "--", "10", "11", "01")
    assert code == 0
    assert [row[1:] for row in table(out)] == [
        ["a", "b", "y", "z"],
        ["1", "0", "0", "0"],
        ["1", "1", "1", "1"],
        ["0", "1", "0", "1"],
    ]


def test_run_reads_the_sequence_from_standard_input(bonsaic, files):
    typed = bonsaic("run", "two.bonsai", "--", "10", "11", "01")
    assert bonsaic("run", "two.bonsai", "-", stdin="10 11\n01\n") == typed
    assert "standard input is one of" in mistake(bonsaic("run", "-", "-", stdin=LOGIC))


def test_run_takes_ticks_where_there_is_no_input(bonsaic, files):
    for name in ("loop3.bonsai", "loop3.py"):
        code, out, _ = bonsaic("run", name, "--ticks", "6")
        assert code == 0
        assert [row[-1] for row in table(out)[1:]] == ["0", "0", "1"] * 2
    code, out, _ = bonsaic("run", "-", "--", "1", "0", stdin=LOGIC)
    assert code == 0
    assert len(table(out)) == 3


@pytest.mark.parametrize(
    ("candidate", "specification", "code"),
    [
        ("delay2.bonsai", "delay2.py", 0),
        ("delay2.py", "delay2.bonsai", 0),
        ("delay2.bonsai", "logic.bonsai", 0),
        ("delay2.py", "delay2.py", 0),
        ("delay1.json", "delay1.py", 0),
        ("delay1.py", "delay1.json", 0),
        ("loop3.bonsai", "loop3.py", 0),
        ("delay2.bonsai", "delay1.py", 1),
        ("delay1.py", "delay2.py", 1),
        ("delay1.json", "delay2.bonsai", 1),
    ],
)
def test_check_says_yes_or_no(bonsaic, files, candidate, specification, code):
    given, out, err = bonsaic("check", candidate, specification)
    assert (given, err) == (code, "")
    assert len(out.splitlines()) == 1
    assert out.startswith("refuted at tick 2" if code else "proved")


def test_check_shows_the_counterexample(bonsaic, files):
    _, out, _ = bonsaic("check", "delay1.py", "delay2.py")
    assert "x = 1, 0: y = 1, expected 0" in out
    _, out, _ = bonsaic("check", "-", "delay1.py", stdin=LOGIC)
    assert "x = 1, 0: y = 0, expected 1" in out


def test_diff_shows_what_changed(bonsaic, files):
    assert bonsaic("diff", "delay2.bonsai", "delay2.bonsai") == (0, "", "")
    changed = DELAY2.replace("s1 = -1 then r1", "s1 = 1 then r1").replace("neuron o2", "neuron o3")
    changed = changed.replace("(-1*o2)", "(-1*o3)")
    code, out, err = bonsaic("diff", "delay2.bonsai", "-", stdin=changed)
    assert (code, err) == (1, "")
    assert "- state  s1 = -1 then r1\n+ state  s1 = 1 then r1\n" in out
    assert "- neuron o2 = ameo(-1*s0)\n" in out
    assert "+ neuron o3 = ameo(-1*s0)\n" in out
    assert "x in" not in out


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("graph delay2", "graph other"),
        ("factor 0.5", "factor 1"),
    ],
)
def test_diff_sees_every_difference(bonsaic, files, old, new):
    assert old in DELAY2
    assert bonsaic("diff", "delay2.bonsai", "-", stdin=DELAY2.replace(old, new))[0] == 1


def test_diff_sees_inputs_in_another_order(bonsaic, files):
    first, second = "input  a in {False, True}\n", "input  b in {False, True}\n"
    swapped = TWO.replace(first + second, second + first)
    assert bonsaic("diff", "two.bonsai", "-", stdin=swapped)[0] == 1


LANGUAGES = {"python": "def delay2(", "boolean": "s1' = s0", "dot": "digraph", "svg": "<svg"}


@pytest.mark.parametrize("backend", LANGUAGES)
def test_emit_writes_every_language(bonsaic, files, backend):
    assert BACKENDS.keys() == LANGUAGES.keys() | {"png"}
    code, out, err = bonsaic("emit", "logic.bonsai", "--to", backend)
    assert (code, err) == (0, "")
    assert LANGUAGES[backend] in out
    assert bonsaic("emit", "-", "--to", backend, "-o", "out.txt", stdin=LOGIC)[:2] == (0, "")
    assert (files / "out.txt").read_text() == out


def test_an_emitted_program_goes_in_again(bonsaic, files):
    for graph in ("delay2.bonsai", "logic.bonsai"):
        assert bonsaic("emit", graph, "-o", "program.py")[0] == 0
        assert bonsaic("check", "program.py", "delay2.py")[0] == 0
        assert bonsaic("check", "delay2.bonsai", "program.py")[0] == 0


def test_a_program_comes_from_standard_input(bonsaic, files):
    program = bonsaic("emit", "logic.bonsai")[1]
    code, out, _ = bonsaic("check", "-", "delay2.py", stdin=program)
    assert code == 0, out


def test_list_names_everything(bonsaic):
    code, out, _ = bonsaic("list")
    assert code == 0
    for name in (*PASSES, *BACKENDS, "ameo", "linear", "devices"):
        assert name in out


DIVERGING = "graph g\nstate s = 1 then n\nneuron n = linear(1e308*s)\noutput y = n\n"


def test_a_state_that_overflows_is_shown(bonsaic):
    code, out, _ = bonsaic("run", "-", "--ticks", "5", stdin=DIVERGING)
    assert code == 0
    assert len(table(out)) == 6
