"""Mistakes of the user: one line that names the place, exit code 2, nothing on stdout."""

import json
import shlex

import pytest
from article import DELAY2
from command_line import mistake


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
        ["machine", "missing.bonsai"],
        ["machine", "delay2.bonsai", "--to", "cobol"],
        ["machine", "delay2.bonsai", "--task", "missing.py"],
        ["machine", "delay2.bonsai", "--task", "loop3.py"],
        ["machine", "delay2.bonsai", "-o", "no/such/folder/out.txt"],
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
        ["train-and-compile", "delay2.py", "--seed", "-1"],
        ["train-and-compile", "delay2.py", "--budget", "nan"],
        ["train-and-compile", "delay2.py", "--budget", "inf"],
        ["train", "delay2.py", "--seed", "-1"],
        ["bench", ".", "--budget", "nan"],
        ["bench", ".", "--seeds", "0..99999999999"],
        ["bench", ".", "--seeds", "1" * 5000],
        ["run", "loop3.bonsai", "--ticks", "1000000000000"],
        ["train-and-compile", "delay2.py", "--set", "steps"],
        ["train-and-compile", "delay2.py", "--set", "nonsense=3"],
        ["train-and-compile", "delay2.py", "--set", "hidden=-1"],
        ["train-and-compile", "delay2.py", "--set", "factors=0.2"],
        ["train-and-compile", "delay2.py", "--recipe", "nonsense"],
        ["train", "delay2.py", "--recipe", "table"],
    ],
    ids=lambda words: " ".join(words)[:60],
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
@pytest.mark.parametrize("command", ["emit", "run", "machine", "check", "diff", "compile"])
def test_a_bad_graph_is_one_line(bonsaic, files, command, text):
    rest = {"run": ["--", "1"], "check": ["delay2.py"], "diff": ["delay2.bonsai"]}.get(command, [])
    mistake(bonsaic(command, "-", *rest, stdin=text))


@pytest.mark.parametrize("name", ["in", "None", "class"])
def test_a_keyword_is_called_one(bonsaic, files, name):
    task = f'inputs = ("{name}",)\noutputs = ("y",)\nstart = 0\ndef step(s, x): return s, x\n'
    (files / "task.py").write_text(task)
    assert f"'{name}', a keyword of Python" in mistake(bonsaic("run", "task.py", "--", "1"))
    graph = DELAY2.replace("input  x ", f"input  {name} ").replace("*x", f"*{name}")
    assert f"'{name}' is a keyword of Python" in mistake(bonsaic("emit", "-", stdin=graph))


def test_the_way_to_equations_is_told(bonsaic, files):
    told = mistake(bonsaic("emit", "delay2.bonsai", "--to", "boolean"))
    line = told[told.index("bonsaic opt") :].replace("FILE", "delay2.bonsai")
    words = shlex.split(line.replace("TASK", "delay2.py"))
    assert bonsaic(*words[1:])[0] == 0
    assert bonsaic("emit", words[-1], "--to", "boolean")[0] == 0


def test_an_endless_task_is_refused(bonsaic, files):
    (files / "endless.py").symlink_to("/dev/zero")
    assert "is larger than" in mistake(bonsaic("check", "endless.py", "delay2.py"))


def test_a_network_that_diverged_is_told_where(bonsaic, files):
    document = json.loads((files / "delay1.json").read_text())
    for place, hold in (
        ("recurrent_kernel[0][0]", lambda cell: cell["recurrent_kernel"][0]),
        ("output_bias[0]", lambda cell: cell["output_bias"]),
        ("output_activation.leakyness", None),
    ):
        broken = json.loads(json.dumps(document))
        cell = broken["cells"][0]
        if hold is None:
            cell["output_activation"]["leakyness"] = 1e308
        else:
            hold(cell)[0] = -1e308
        (files / "huge.json").write_text(json.dumps(broken))
        told = mistake(bonsaic("compile", "huge.json"))
        assert told.startswith(f"bonsaic: huge.json: cells[0].{place} is ")
        assert "1e+308; the largest number is 1e+15" in told


def test_integers_are_shown_as_they_were_written(bonsaic, files):
    for name, more in (("one", ""), ("other", ", 'up': bool")):
        interface = f"inputs = {{'a': range(7){more}}}\noutputs = {{'y': range(7)}}\nstart = 0\n"
        (files / f"{name}.py").write_text(f"{interface}def step(s, *given): return 0, s\n")
    told = mistake(bonsaic("check", "one.py", "other.py"))
    assert told.strip() == (
        "bonsaic: the inputs differ: (a in 0..6 thermometer) against (a in 0..6 thermometer, up)"
    )


def test_what_python_warns_of_is_not_said(bonsaic, files):
    spoilt = (
        "graph g (logic)\ninput  x in {False, True}\nlogic  y0 = (1if x else 2in)\noutput y = y0\n"
    )
    assert "is no expression" in mistake(bonsaic("emit", "-", stdin=spoilt))
    mistake(bonsaic("opt", "delay2.bonsai", "--passes", "clip(threshold=1if 2 else 3in)"))
