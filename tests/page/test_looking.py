"""Looking at a page: where it opens, what is labelled, what fades, what slides, what fits."""

import re

import numpy as np
import pytest
from pages import FLOATS, HOSTILE, START, hostile

from bonsai_compiler.bench.view import layered
from bonsai_compiler.differences.diff import Step
from bonsai_compiler.driver.page_model import load_page_model
from bonsai_compiler.equivalence.system import GraphSystem
from bonsai_compiler.ir.text import load
from bonsai_compiler.page.model import Status, page_model
from bonsai_compiler.page.page import page as written

SAID = Status("not judged", "made up")


def put(path, stages):
    """The page of stages, in a file."""
    last = stages[-1].graph
    shown = page_model(last.name, "", stages, GraphSystem(last), SAID, ("", ""))
    path.write_text(written(shown), encoding="utf-8")
    return path


def refuted(bonsaic, files):
    """The folder of a network that a compilation refuted."""
    assert bonsaic("compile", "delay1.json", "--task", "delay2.py")[0] == 1
    return files / "build" / "delay2"


def test_a_refuted_page_opens_on_its_counterexample(bonsaic, files, opened):
    folder = refuted(bonsaic, files)
    page = opened(folder / "view.html")
    (scenario,) = page.evaluate("bonsai.data.scenarios.slice(0, 1)")
    assert page.evaluate("bonsai.sequence") == scenario["inputs"]
    assert page.evaluate("bonsai.tick") == len(scenario["inputs"]) - 1
    assert page.evaluate("bonsai.stage") == scenario["stage"]
    told = page.locator('[data-output="y"]')
    assert re.fullmatch("WRONG: expected [01]", told.locator(".wanted").text_content())
    assert re.match(
        r"Counterexample: y is ([01]) and should be (?!\1)[01] on tick \d+, the last of its \d+ ",
        page.text_content("#fault"),
    )
    page.keyboard.press("ArrowLeft")
    assert page.text_content("#fault") == ""


def test_what_was_expected_is_known_without_the_task(bonsaic, files, opened):
    folder = refuted(bonsaic, files)
    assert bonsaic("view", folder, "-o", "here.html")[0] == 0
    page = opened(files / "here.html")
    assert page.evaluate("typeof bonsai.data.expected") == "string"
    wanted = page.locator('[data-output="y"] .wanted')
    assert wanted.text_content().startswith("WRONG: expected ")
    # Of other inputs nobody said what is expected.
    page.keyboard.press("1")
    assert wanted.text_content() == ""


def test_a_small_drawing_has_a_label_where_one_looks_and_the_rest_fades(opened, tmp_path):
    graph = layered(100, np.random.default_rng(2))
    page = opened(put(tmp_path / "view.html", [Step("as it stands", graph)]))
    node = graph.neurons[40].name
    page.hover(f'[data-node="{node}"]')
    value = page.evaluate("name => bonsai.value(name)", node)
    told = page.text_content("#near").split()
    assert (told[0], page.locator("#near").is_visible()) == (node, True)
    assert float(told[1].replace("\N{MINUS SIGN}", "-")) == pytest.approx(value, rel=0.01)
    opacity = """which => [...new Set([...document.querySelectorAll(`#graph .edge${which}`)]
        .map((edge) => getComputedStyle(edge).opacity))].map(Number)"""
    assert page.evaluate(opacity, ".chosen") == [1]
    assert max(page.evaluate(opacity, ":not(.chosen)")) < 0.2
    page.mouse.move(1200, 500)
    assert max(page.evaluate(opacity, ":not(.chosen)")) == 1
    # The keyboard does the same.
    page.keyboard.press("j")
    assert page.text_content("#near").split()[0] == graph.neurons[41].name
    assert max(page.evaluate(opacity, ":not(.chosen)")) < 0.2


def test_names_are_to_be_read_on_a_phone(opened, tmp_path):
    graph = layered(60, np.random.default_rng(2))
    page = opened(put(tmp_path / "view.html", [Step("as it stands", graph)]), 400, 800)
    heights = page.evaluate(
        """() => [...document.querySelectorAll("#graph .name")]
            .map((name) => name.getBoundingClientRect().height)"""
    )
    assert min(heights) > 6


def settled(page, place, where):
    """Wait, frame by frame, until something is where it belongs."""
    page.evaluate(
        f"""async () => {{
          while ({place} !== {where!r}) await new Promise(requestAnimationFrame);
        }}"""
    )


def test_things_slide_from_one_drawing_to_the_next(opened, tmp_path):
    start = load(START)
    end = load("graph g\ninput  x in {-1, 1}\nneuron d = linear(1*x)\noutput y = d\n")
    path = put(tmp_path / "view.html", [Step("lift", start), Step("dead_code", end)])
    place = "document.querySelector('[data-node=y]').getAttribute('transform')"
    still = opened(path)
    still.evaluate("bonsai.show(1)")
    last = still.evaluate(place)
    still.evaluate("bonsai.show(0)")
    first = still.evaluate(place)
    assert first != last
    moving = opened(path, motion="no-preference")
    moving.evaluate("bonsai.show(0)")
    settled(moving, place, first)
    seen = moving.evaluate(
        f"""async () => {{
          const seen = new Set();
          bonsai.show(1);
          for (let frames = 0; frames < 600 && {place} !== {last!r}; frames++) {{
            await new Promise(requestAnimationFrame);
            seen.add({place});
          }}
          return [...seen];
        }}"""
    )
    assert seen[-1] == last
    # A slow machine may show few of the places between, but the next step starts from any of them.
    moving.evaluate("bonsai.show(0); bonsai.show(1); bonsai.show(0)")
    settled(moving, place, first)


LONG = """
inputs = ("x",)
outputs = ("y",)
start = (0,) * 24


def step(memory, x):
    return (memory[0] ^ x,) * 24, memory[0] > 0
"""


def test_a_machine_fits_and_its_codes_are_whole(opened, bonsaic, tmp_path):
    (tmp_path / "long.py").write_text(LONG)
    assert bonsaic("view", "long.py", "-o", "view.html")[0] == 0
    for size in ((1400, 900), (400, 800)):
        page = opened(tmp_path / "view.html", *size)
        around = page.locator("#panel-machine").bounding_box()
        for box in page.locator("#machine .node, #machine .edge text").all():
            found = box.bounding_box()
            assert around["x"] <= found["x"]
            assert found["x"] + found["width"] <= around["x"] + around["width"]
        assert "…" not in page.text_content("#machine")
        page.click("#machine-closer")
        closer = page.get_attribute("#machine", "viewBox")
        page.click("#machine-fit")
        assert page.get_attribute("#machine", "viewBox") != closer
        assert "State A" in page.text_content("#ways")


def test_one_value_is_written_one_way(opened, runs):
    page = opened(runs["gate_selector"] / "view.html", fragment="#panel=machine")
    page.fill("#sequence", "010 010")
    page.keyboard.press("Enter")
    assert page.locator('[data-input="change_mode"] i').text_content() == "0"
    for node, bit in (("change_mode", "0"), ("in1", "1")):
        assert page.locator(f'[data-node="{node}"] .value').text_content() == bit
        assert f"{node} {bit}," in page.text_content("#cursor-told")
    states = page.evaluate("bonsai.states")
    code = page.locator("#machine .node.lit text").nth(1).text_content()
    shown = [page.locator(f'#graph [data-node="{name}"] .value').text_content() for name in states]
    assert list(code) == shown


def test_touch_targets_are_large_enough(opened, bonsaic, files):
    (files / "floats.bonsai").write_text(FLOATS)
    (files / "view.html").write_text(written(load_page_model(files / "floats.bonsai")))
    for path in (files / "view.html", refuted(bonsaic, files) / "view.html"):
        page = opened(path, 400, 800)
        for panel in ("node", "passes", "machine"):
            page.click(f"#tab-{panel}")
            for target in page.locator("button:visible, select:visible, input:visible").all():
                box = target.bounding_box()
                assert min(box["width"], box["height"]) >= 24, (panel, target.inner_html())


def test_names_of_any_kind_stay_text(opened, tmp_path):
    for place, name in enumerate((HOSTILE, "\u202ereversed", "a' onload='alert(1)", "]]><b>&lt;")):
        graph = hostile(name)
        page = opened(put(tmp_path / f"{place}.html", [Step(name, graph), Step(name, graph)]))
        page.keyboard.press("j")
        page.keyboard.press("ArrowRight")
        names = page.evaluate(
            "[...document.querySelectorAll('#graph .node')].map((node) => node.dataset.node)"
        )
        assert set(names) == {node.name for node in graph.nodes}
        assert page.locator("#details h2 b").text_content() in names
        assert page.locator("script, style, b[onload]").count() == 3
