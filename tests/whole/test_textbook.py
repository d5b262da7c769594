"""The textbook machines are small, and grown without changes to the recipe."""

from pathlib import Path

import pytest
from documents import TOP

from bonsai_compiler.specification.machine import tabulate
from bonsai_compiler.specification.task_file import load_task

PATHS = sorted((TOP / "tasks" / "textbook").glob("*.py"))


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_the_machine_is_small(path: Path) -> None:
    task = load_task(path)
    assert 2 <= tabulate(task).minimal_size <= 16
    assert len(task.inputs) <= 3
    assert len(task.outputs) <= 2
    assert (task.growth, task.chance) == ({}, {})
