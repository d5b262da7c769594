"""What a program calls things: an output's name is its state's until it is worked out."""

import ast

import pytest
from walking import expect_equal, program

from bonsai_compiler.reading.codes import task_code
from bonsai_compiler.reading.renaming import renamed
from bonsai_compiler.reading.statements import as_lines
from bonsai_compiler.specification.machine import tabulate
from bonsai_compiler.specification.task_file import load_task


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("left = left_ if left_ < x else left_ - x", "if left >= x:\n    left -= x"),
        ("left = left_ - x if not x else left_", "if not x:\n    left -= x"),
        ("left = left_ if x in (1, 2) else 3", "if x not in (1, 2):\n    left = 3"),
        ("left = left_ + x - y", "left += x - y"),
        ("left_ += x\nleft = left_ % 3", "left += x\nleft = left % 3"),
    ],
)
def test_what_is_read_before_it_is_worked_out_has_one_name(before: str, after: str) -> None:
    statements = renamed(ast.parse(before).body, "left_", "left")
    assert statements is not None
    assert "\n".join(as_lines(statements)) == after


@pytest.mark.parametrize(
    "text", ["left = x\ny = left_", "if x:\n    left = 1\ny = left_", "left = 1\nleft_ += left"]
)
def test_what_is_read_afterwards_keeps_its_own(text: str) -> None:
    assert renamed(ast.parse(text).body, "left_", "left") is None


DARTS = """inputs = {"throw": range(6)}
outputs = {"left": range(21)}
start = 20
def legal(left, throw):
    return throw < 5
def step(left, throw):
    if throw <= left:
        left -= throw
    return left or 20, left
"""
CROSSING = """inputs = ("button",)
outputs = {"light": ("green", "amber", "red")}
start = "green"
def step(light, button):
    following = {"amber": "red", "red": "red again", "red again": "green"}.get(light)
    if following is None:
        following = "amber" if button else "green"
    return following, "red" if light == "red again" else light
"""


@pytest.mark.parametrize(
    ("source", "line"),
    [(DARTS, "    left -= throw"), (CROSSING, 'elif light == "red":')],
    ids=["darts", "crossing"],
)
def test_programs_of_tasks_whose_output_is_called_as_their_state(source, line, tmp_path) -> None:
    (tmp_path / "task.py").write_text(source)
    task = load_task(tmp_path / "task.py")
    machine = tabulate(task)
    code = task_code([task.state(at) for at in range(machine.size)], task.source)
    found, text = program(machine, [code])
    assert line in found.body
    expect_equal(machine, text)
    nested = [
        part for part in ast.walk(ast.parse(text)) if isinstance(part, ast.IfExp) and deep(part) > 2
    ]
    assert not nested


def deep(node: ast.AST) -> int:
    return max(map(deep, ast.iter_child_nodes(node)), default=0) + isinstance(node, ast.IfExp)
