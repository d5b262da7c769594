"""Which terms a finite graph can do without, and how long that is looked for."""

from pathlib import Path

import pytest

from bonsai_compiler.networks.imported import load_wiring
from bonsai_compiler.passes.drop import drop
from bonsai_compiler.pipeline import settle_graph
from bonsai_compiler.sources import lift_for
from bonsai_compiler.specification.task_file import load_task
from bonsai_compiler.subject import subject_of_task
from bonsai_compiler.tuning import dropping
from bonsai_compiler.tuning.dropping import find_droppable
from bonsai_compiler.tuning.tuning import Tuning

NETWORKS = Path(__file__).parent / "networks"


@pytest.mark.parametrize("name", ["replace111", "gate_selector"])
def test_the_joint_search_goes_through_so_many_situations(name, tasks, monkeypatch):
    task = load_task(tasks / f"{name}.py")
    judge = subject_of_task(task).judge
    wiring = load_wiring((NETWORKS / f"{name}.json").read_text(), name)
    settled = settle_graph(lift_for(task, wiring, name), Tuning(judge))
    held = next(step.graph for step in settled.steps if step.name == "snap")
    found = []
    for most in (dropping.SEARCHED, 0):
        monkeypatch.setattr(dropping, "SEARCHED", most)
        found.append(find_droppable(held, judge))
        assert judge.proves(drop(held, found[-1]))
    free, bounded = found
    assert len(bounded) < len(free)
