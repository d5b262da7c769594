"""Mistakes of the user: one line that names the place, exit code 2, nothing on stdout."""

import pytest
from command_line import mistake
from test_article import DELAY2


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
@pytest.mark.parametrize("command", ["emit", "run", "machine", "check", "diff", "compile"])
def test_a_bad_graph_is_one_line(bonsaic, files, command, text):
    rest = {"run": ["--", "1"], "check": ["delay2.py"], "diff": ["delay2.bonsai"]}.get(command, [])
    mistake(bonsaic(command, "-", *rest, stdin=text))
