"""The page as data and as text: everything is in it, nothing leaves it, nothing escapes it."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from browsing import NAMES
from command_line import mistake
from pages import HOSTILE, Reader, hostile
from published import text, two_ago

from bonsai_compiler.backends.python import emit_python
from bonsai_compiler.differences.diff import Step
from bonsai_compiler.driver.page_model import load_page_model
from bonsai_compiler.equivalence.system import GraphSystem
from bonsai_compiler.fsm.closed import Closed
from bonsai_compiler.growth.log import Row, as_csv, from_csv
from bonsai_compiler.ir.text import load
from bonsai_compiler.page.model import Status, page_model
from bonsai_compiler.page.page import SCRIPTS, bundled, page
from bonsai_compiler.page.page_data import equation_lines, program_lines
from bonsai_compiler.specification.machine import Machine
from bonsai_compiler.specification.task_file import load_task

DRIFTS = """\
graph drifts
state s = 0 then n
neuron n = linear(1*s + 0.1)
output y = n
"""


@pytest.mark.parametrize("name", NAMES)
def test_compile_writes_a_page_that_holds_everything(runs, name):
    written = (runs[name] / "view.html").read_text()
    read = Reader(written)
    assert len(written) < 3_000_000
    assert (read.addresses, read.tags.count("script")) == ([], 2)
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", written)
    drawing = written[written.index("<svg") : written.index("<script")]
    steps = sorted((runs[name] / "steps").iterdir())
    assert [stage["name"] for stage in read.data["stages"]] == [path.stem[3:] for path in steps]
    there = re.findall(r'<g class="node \w+" data-node="(\w+)"', drawing)
    first = read.data["stages"][read.data["shown"]]["graph"]["nodes"]
    assert {node["name"] for node in first} <= set(there)
    assert [line["text"] for line in read.data["program"]] == (
        runs[name] / f"{name}.py"
    ).read_text().splitlines()
    assert read.data["expected"]["successor"]
    assert read.data["machine"]["table"]["successor"]


def test_the_text_of_a_stage_is_its_file_with_the_diff_in_it(runs):
    stages = Reader((runs["replace111"] / "view.html").read_text()).data["stages"]
    for path, stage in zip(sorted((runs["replace111"] / "steps").iterdir()), stages, strict=True):
        lines = [line for sign, line in stage["text"] if sign != "-"]
        assert "\n".join(lines) + "\n" == path.read_text()
    assert any(sign == "-" for stage in stages for sign, _ in stage["text"])


def test_hostile_text_is_text_in_the_page():
    graph = hostile(HOSTILE)
    shown = page_model(
        HOSTILE,
        HOSTILE + "\ud800",
        [Step(HOSTILE, graph, HOSTILE, HOSTILE)],
        GraphSystem(graph),
        Status("proved", HOSTILE),
        (f"step = {HOSTILE!r}", HOSTILE),
    )
    written = page(shown)
    written.encode()
    read = Reader(written)
    assert read.tags.count("script") == 2
    assert read.tags.count("h1") == 1
    assert read.data["input_signals"] == [{"name": HOSTILE}]
    assert read.data["stages"][0]["what"] == HOSTILE
    drawing = re.search(r'<svg id="graph".*?</svg>', written, re.DOTALL)[0]
    nodes = [group.get("data-node") for group in ElementTree.fromstring(drawing).iter()]
    assert {name for name in nodes if name} == {node.name for node in graph.nodes}


def test_a_hostile_page_shows_its_text(opened, tmp_path):
    graph = hostile(HOSTILE)
    stages = [Step(HOSTILE, graph, HOSTILE, HOSTILE), Step(HOSTILE, graph)]
    texts = (f"step = {HOSTILE!r}", HOSTILE)
    said = Status("proved", HOSTILE)
    (tmp_path / "view.html").write_text(
        page(page_model(HOSTILE, HOSTILE, stages, GraphSystem(graph), said, texts))
    )
    seen = opened(tmp_path / "view.html")
    assert seen.locator("h1").text_content() == HOSTILE
    assert seen.locator(".doc").text_content() == HOSTILE
    assert seen.locator("#pass-told").text_content().startswith(f"1 {HOSTILE}")
    assert seen.locator("[data-input] b").text_content() == HOSTILE
    seen.keyboard.press("l")
    assert seen.locator("dialog[open] label").first.text_content() == HOSTILE
    assert seen.locator("script").count() == 2


def test_a_graph_that_drifts_has_no_machine_and_no_task(tmp_path):
    (tmp_path / "drifts.bonsai").write_text(DRIFTS)
    shown = load_page_model(tmp_path / "drifts.bonsai")
    assert "did not close" in shown.machine
    assert "--task" in shown.expected
    written = page(shown)
    assert shown.machine in written
    assert Reader(written).data["machine"]["table"] is None


def test_a_task_alone_has_a_machine_and_a_program(tasks):
    shown = load_page_model(tasks / "gate_selector.py")
    assert isinstance(shown.machine, Closed)
    assert isinstance(shown.expected, Machine)
    assert (shown.machine.machine.size, shown.expected.size) == (4, 4)
    data = Reader(page(shown)).data
    names = [field["name"] for field in data["input_signals"]]
    assert (data["stages"], names) == ([], ["change_mode", "in1", "in2"])


def test_a_machine_too_large_to_draw_is_not_drawn(tmp_path):
    (tmp_path / "count.py").write_text(
        'inputs = ("x",)\noutputs = ("y",)\nstart = 0\n\n\n'
        "def step(n, x):\n    return (n + x) % 60, n == 0\n"
    )
    assert "60 states; 50 can be drawn" in load_page_model(tmp_path / "count.py").machine


def test_a_finished_run_is_loaded_from_its_folder(runs, tasks):
    shown = load_page_model(runs["delay2"], load_task(tasks / "delay2.py"))
    assert shown.name == "delay2"
    assert shown.doc == "y is the input from two ticks ago; False before that."
    assert shown.status.kind == "proved"
    assert page(shown).count("<svg id=") == 2
    assert load_page_model(runs["delay2"] / "steps").name == "delay2"


def test_lines_know_what_they_compute():
    graph = load(
        "graph g (logic)\ninput  x in {False, True}\nstate  sum = 0 then n near {0, 1, 2}\n"
        "logic  n = min(sum + x, 2)\nlogic  m = n == 2\noutput y = m\n"
    )
    lines = program_lines(emit_python(graph), graph)
    known = {line.text.split(" = ")[0].strip(): line for line in lines if line.nodes}
    assert known["y"].nodes == ("y",)
    (last,) = (line for line in lines if line.following)
    assert (last.nodes, last.following) == (("y",), ("sum",))
    rows = equation_lines("# sum starts at 0\n[sum' == 2] = x\ny = x & [sum == 1]", graph)
    assert [(row.nodes, row.following, row.level) for row in rows] == [
        ((), (), None),
        ((), ("sum",), 2),
        (("y",), (), None),
    ]


def test_a_growth_is_read_back():
    rows = (
        Row(1, "train", 250, 0.5, 0.25, 0.125, 0.5, 0, None),
        Row(1, "prune", 50, 0.0, 0.25, 0.125, 0.0, 3, 4),
    )
    assert from_csv(as_csv(rows), "growth.csv") == rows


def test_view_writes_a_page_or_one_clear_line(bonsaic, files):
    assert bonsaic("view", "loop3.bonsai")[:2] == (0, "loop3.html\n")
    assert "<svg" in (files / "loop3.html").read_text()
    code, out, _ = bonsaic("view", "delay2.bonsai", "--task", "delay2.py", "-o", "here.html")
    assert (code, out) == (0, "here.html\n")
    (files / "net.json").write_text(text(two_ago()))
    assert bonsaic("view", "net.json")[:2] == (0, "net.html\n")
    assert "cannot be read" in mistake(bonsaic("view", "nowhere.bonsai"))
    assert "is no run" in mistake(bonsaic("view", "."))
    assert "inputs" in mistake(bonsaic("view", "loop3.bonsai", "--task", "delay2.py"))


def test_every_module_is_in_the_page_and_none_is_left_to_import():
    script = bundled(SCRIPTS)
    assets = Path(bundled.__code__.co_filename).parent / "assets"
    assert {path.stem for path in assets.glob("*.js")} == set(SCRIPTS)
    assert not re.search(r"^(import|export)\b", script, re.MULTILINE)
