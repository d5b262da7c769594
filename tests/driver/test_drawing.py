"""What a worker beside this process draws is what would be drawn here."""

from pathlib import Path

import pytest

from bonsai_compiler.driver import drawing, workflow
from bonsai_compiler.specification.task_file import load_task
from bonsai_compiler.system.child_process import DRAWER
from bonsai_compiler.workers import beside
from bonsai_compiler.workers.here import Here

TOP = Path(__file__).resolve().parents[2]


class Twice(Here):
    """A worker whose every call is made beside this process, and here, and has to agree."""

    def __init__(self):
        self.functions = []

    def submit(self, function, *arguments):
        self.functions.append(function.__name__)
        there = beside.beside(DRAWER).submit(function, *arguments).result()
        here = super().submit(function, *arguments)
        assert there == here.result()
        return here


@pytest.mark.parametrize("name", ["replace111", "delay2"])
def test_drawings_are_the_same_wherever_they_are_made(name, tmp_path, monkeypatch):
    monkeypatch.setattr(beside, "cores", lambda: 2)
    twice = Twice()
    monkeypatch.setattr(drawing, "beside", lambda module: twice)
    task = load_task(TOP / "tasks" / f"{name}.py")
    result = workflow.compile_file(str(TOP / "tests" / "networks" / f"{name}.json"), task, tmp_path)
    assert twice.functions == ["drawn_of", "emit_svg", "page"]
    assert {"view.html", f"{name}.svg"} <= {path.name for path in result.folder.iterdir()}
