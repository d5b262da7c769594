import io
import json
import sys

import pytest
from test_article import DELAY1, DELAY2, LOOP3

from bonsai_compiler import __version__
from bonsai_compiler.backends import BACKENDS
from bonsai_compiler.cli import main
from bonsai_compiler.network import dump_network
from bonsai_compiler.passes import PASSES

LOGIC = """\
graph delay2 (logic)
input  x in {False, True}
state  s0 = False then x
state  s1 = False then s0
output y = s1
"""
TWO = """\
graph two (logic)
input  a in {False, True}
input  b in {False, True}
logic  n = a and b
output y = n
output z = b
"""


@pytest.fixture
def bonsaic(monkeypatch, capsys, tmp_path):
    """Runs bonsaic in an empty folder; returns exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)

    def call(*words, stdin=""):
        monkeypatch.setattr(sys, "argv", ["bonsaic", *map(str, words)])
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = stop.code or 0
        told = capsys.readouterr()
        return code, told.out, told.err

    return call


@pytest.fixture
def files(tmp_path, tasks):
    (tmp_path / "delay2.bonsai").write_text(DELAY2)
    (tmp_path / "loop3.bonsai").write_text(LOOP3)
    (tmp_path / "logic.bonsai").write_text(LOGIC)
    (tmp_path / "two.bonsai").write_text(TWO)
    (tmp_path / "delay1.json").write_text(dump_network(DELAY1))
    for name in ("delay1", "delay2", "loop3"):
        (tmp_path / f"{name}.py").write_text((tasks / f"{name}.py").read_text())
    return tmp_path


def table(text):
    return [line.split() for line in text.splitlines()]


def mistake(result):
    code, out, err = result
    assert code == 2
    assert out == ""
    assert len(err.splitlines()) == 1
    assert "Traceback" not in err
    return err


def test_the_version_and_help(bonsaic):
    assert bonsaic("--version")[:2] == (0, f"bonsaic, version {__version__}\n")
    code, out, _ = bonsaic("--help")
    assert code == 0
    commands = ["train-and-compile", "train", "compile", "emit", "run", "check", "diff", "list"]
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


@pytest.mark.parametrize("backend", BACKENDS)
def test_emit_writes_every_language(bonsaic, files, backend):
    code, out, err = bonsaic("emit", "logic.bonsai", "--to", backend)
    assert (code, err) == (0, "")
    assert {"python": "def delay2(", "boolean": "s1' = s0", "dot": "digraph", "svg": "<svg"}[
        backend
    ] in out
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


def test_compile_writes_the_whole_folder(bonsaic, files):
    for _ in range(2):
        code, out, err = bonsaic("compile", "delay1.json", "--task", "delay1.py", "-o", "build")
        assert code == 0
        assert "def delay1(" in out
        assert "proved" in out.splitlines()[-1]
        assert "Traceback" not in err
        folder = files / "build" / "delay1"
        names = {path.name for path in folder.iterdir()}
        suffixes = {f"delay1.{ending}" for ending in ("py", "bool.txt", "dot", "svg")}
        assert names == {"network.json", "steps", "report.json"} | suffixes
        assert (folder / "network.json").read_text() == dump_network(DELAY1)
        (folder / "steps" / "stale").write_text("left over")
    report = json.loads((folder / "report.json").read_text())
    assert (report["task"], report["verdict"], report["states"]) == ("delay1", "proved", 1)
    assert report["counterexample"] is None
    assert {"horizon", "depth", "random", "shortest", "neurons", "weights"} <= report.keys()
    assert {"logic", "replicas", "solved_replicas", "seconds", "seed", "versions"} <= report.keys()
    for path in sorted((folder / "steps").glob("*.bonsai"))[2:]:
        assert bonsaic("check", path, "delay1.py")[0] == 0


def test_compile_without_a_task_is_held_against_the_network(bonsaic, files):
    code, out, _ = bonsaic("compile", "delay1.json")
    assert (code, "proved" in out.splitlines()[-1]) == (0, True)
    assert (files / "build" / "delay1" / "delay1.py").exists()


def test_a_refuted_network_is_written_with_its_verdict(bonsaic, files):
    code, out, _ = bonsaic("compile", "delay1.json", "--task", "delay2.py")
    assert (code, "refuted" in out.splitlines()[-1]) == (1, True)
    report = json.loads((files / "build" / "delay2" / "report.json").read_text())
    example = report["counterexample"]
    assert (report["verdict"], report["shortest"]) == ("refuted", True)
    assert all(len(example[what]) == 2 for what in ("inputs", "outputs", "expected"))
    assert example["outputs"][-1] != example["expected"][-1]


def test_a_folder_of_the_users_own_is_not_replaced(bonsaic, files):
    (files / "build" / "delay1").mkdir(parents=True)
    (files / "build" / "delay1" / "thesis.txt").write_text("mine")
    mistake(bonsaic("compile", "delay1.json", "--task", "delay1.py"))
    assert (files / "build" / "delay1" / "thesis.txt").read_text() == "mine"


DIVERGING = "graph g\nstate s = 1 then n\nneuron n = linear(1e308*s)\noutput y = n\n"


def test_a_state_that_overflows_is_shown(bonsaic):
    code, out, _ = bonsaic("run", "-", "--ticks", "5", stdin=DIVERGING)
    assert code == 0
    assert len(table(out)) == 6


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["run"],
        ["run", "missing.bonsai", "--", "1"],
        ["run", "missing.py", "--", "1"],
        ["run", "delay2.bonsai"],
        ["run", "delay2.bonsai", "--ticks", "3"],
        ["run", "delay2.bonsai", "--", "2"],
        ["run", "two.bonsai", "--", "1"],
        ["run", "loop3.bonsai"],
        ["run", "loop3.bonsai", "--ticks", "0"],
        ["run", ".", "--", "1"],
        ["check", "delay2.bonsai", "loop3.bonsai"],
        ["check", "two.bonsai", "delay2.py"],
        ["check", "-", "-"],
        ["check", "delay2.bonsai"],
        ["diff", "delay2.bonsai", "delay2.py"],
        ["emit", "delay2.bonsai", "--to", "cobol"],
        ["emit", "delay2.bonsai", "--to", "boolean"],
        ["emit", "delay2.py"],
        ["emit", "delay2.bonsai", "-o", "no/such/folder/out.py"],
        ["compile", "delay2.bonsai"],
        ["compile", "delay1.json", "--task", "loop3.py"],
        ["compile", "delay1.json", "--task", "missing.py"],
        ["compile", "delay1.json", "-o", "delay2.py"],
        ["train-and-compile", "missing.py"],
        ["train-and-compile", "delay2.py", "--seed", "x"],
        ["train-and-compile", "delay2.py", "--set", "steps"],
        ["train-and-compile", "delay2.py", "--set", "nonsense=3"],
    ],
    ids=" ".join,
)
def test_a_mistake_is_one_line_and_exit_code_2(bonsaic, files, words):
    mistake(bonsaic(*words))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "graph g",
        "graph g\noutput y = z",
        DELAY2.replace("-1*x", "1e999*x"),
        "{}",
        "[]",
    ],
)
@pytest.mark.parametrize("command", ["emit", "run", "check", "diff", "compile"])
def test_a_bad_graph_is_one_line(bonsaic, files, command, text):
    rest = {"run": ["--", "1"], "check": ["delay2.py"], "diff": ["delay2.bonsai"]}.get(command, [])
    mistake(bonsaic(command, "-", *rest, stdin=text))
