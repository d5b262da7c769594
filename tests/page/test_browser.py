"""The page in Chromium, from disk, with no network: it shows what the interpreter says."""

import re
from dataclasses import astuple

import numpy as np
import pytest
from browsing import NAMES
from pages import MINUS, last_neurons, shown, written
from strategies import random_bits

from bonsai_compiler.driver.page_model import load_page_model
from bonsai_compiler.growth.log import Row, as_csv
from bonsai_compiler.ir.graph import Dialect, size
from bonsai_compiler.page.page import page


@pytest.mark.parametrize("name", NAMES)
def test_stepping_shows_what_the_interpreter_says(opened, runs, name):
    page = opened(runs[name] / "view.html")
    place, found = last_neurons(runs[name])
    graph = found[place]
    sequence = random_bits(8, len(graph.inputs), 3)
    typed = " ".join("".join(str(int(bit)) for bit in row) for row in sequence) or "8"
    page.keyboard.press("t")
    page.keyboard.type(typed.strip() or "8")
    page.keyboard.press("Enter")
    for tick, key in zip((0, 1, 2, 3, 2, 1), ("ArrowRight",) * 3 + ("ArrowLeft",) * 3, strict=True):
        assert page.locator("#tick").text_content() == f"tick {tick + 1} of 8"
        assert shown(page) == written(graph, sequence, tick)
        page.keyboard.press(key)
    assert page.locator(".lamp.wrong").count() == 0
    for output in graph.outputs:
        lamp = page.locator(f'[data-output="{output.name}"]')
        assert (
            lamp.locator(".wanted").text_content() == f"expected {lamp.locator('i').text_content()}"
        )


def test_inputs_are_turned_over_by_click_and_by_key(opened, runs):
    page = opened(runs["gate_selector"] / "view.html")
    place, found = last_neurons(runs["gate_selector"])
    page.fill("#sequence", "000 111")
    page.click("text=Run")
    page.keyboard.press("1")
    page.click('[data-input="in2"]')
    sequence = np.array([[1, 0, 1], [1, 1, 1]], dtype=bool)
    assert page.input_value("#sequence") == "101 111"
    assert shown(page) == written(found[place], sequence, 0)
    page.click("#forward")
    assert shown(page) == written(found[place], sequence, 1)


UNITS = {
    Dialect.NEURONS: ("neuron", "weight", "state"),
    Dialect.LOGIC: ("function", "argument", "state"),
}
PLACES = """() => Object.fromEntries([...document.querySelectorAll("#graph .node:not(.gone)")]
    .map((node) => [node.dataset.node, node.getAttribute("transform")]))"""


def placed_by_data(page, stage, graph):
    """Where the scene of a stage has the nodes of its graph."""
    scene = page.evaluate("at => bonsai.data.scenes[bonsai.data.stages[at].scene]", stage)
    order = page.evaluate(
        "() => [...document.querySelectorAll('#graph .node')].map((node) => node.dataset.node)"
    )
    there = {node.name for node in graph.nodes}
    return {order[at]: f"translate({x} {y})" for at, x, y in scene["nodes"] if order[at] in there}


def test_the_slider_walks_through_the_passes(opened, runs):
    page = opened(runs["gate_selector"] / "view.html")
    _, found = last_neurons(runs["gate_selector"])
    page.fill("#sequence", "101 011 110")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")
    sequence = np.array([[1, 0, 1], [0, 1, 1]], dtype=bool)
    for place in (0, len(found) - 1, len(found) - 2, 3):
        page.locator("#pass").fill(str(place))
        assert shown(page) == written(found[place], sequence, 1)
        assert page.evaluate(PLACES) == placed_by_data(page, place, found[place])
        counts = [
            f"{count} {unit}{'' if count == 1 else 's'}"
            for count, unit in zip(
                astuple(size(found[place])), UNITS[found[place].dialect], strict=True
            )
        ]
        told = page.locator("#pass-told").text_content()
        assert told.startswith(f"{place} ")
        assert all(
            part.endswith(count)
            for part, count in zip(told.split(": ")[1].split(", "), counts, strict=False)
        )
    page.keyboard.press("g")
    assert page.locator("#text .added").count() > 0


def test_the_analyzer_has_a_cursor_that_jumps(opened, runs):
    page = opened(runs["delay2"] / "view.html")
    page.fill("#sequence", "1011001110")
    page.keyboard.press("Enter")
    box = page.locator("#trace-lines").bounding_box()
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 30)
    told = page.locator("#cursor-told").text_content()
    tick = int(told.split()[2].rstrip(":")) - 1
    expected = [1, 0, 1, 1, 0, 0, 1, 1, 1, 0]
    assert f"x {expected[tick]}," in told
    assert f"y {expected[tick - 2]}," in told
    page.mouse.click(box["x"] + 0.3 * box["width"], box["y"] + 30)
    assert page.evaluate("bonsai.tick") == tick
    page.mouse.move(5, 5)
    page.focus("#traces")
    for key in ("Home", "ArrowRight", "ArrowRight", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    assert page.evaluate("bonsai.tick") == 3
    assert page.locator('[data-trace="y"]').get_attribute("data-kind") == "digital"


def test_the_choice_of_traces_stays_in_the_fragment(opened, runs):
    page = opened(
        runs["gate_selector"] / "view.html", fragment="#traces=y&traces=in2&ticks=16&theme=dark"
    )
    drawn = "[...document.querySelectorAll('[data-trace]')].map((trace) => trace.dataset.trace)"
    assert page.evaluate(drawn) == ["y", "in2"]
    page.keyboard.press("l")
    page.get_by_label("in2 up").click()
    page.get_by_label("change_mode", exact=True).check()
    page.get_by_role("button", name="Done").click()
    assert page.evaluate(drawn) == ["in2", "y", "change_mode"]
    page.reload()
    assert page.evaluate(drawn) == ["in2", "y", "change_mode"]
    assert page.locator("#theme").text_content() == "Light"


def test_what_is_wrong_is_shouted_and_what_is_illegal_is_said(bonsaic, opened, files, tasks):
    assert bonsaic("compile", "delay1.json", "--task", "delay2.py")[0] == 1
    page = opened(files / "build" / "delay2" / "view.html")
    page.get_by_role("button", name="Counterexample", exact=True).click()
    wrong = page.locator('[data-output="y"]')
    assert wrong.locator(".wanted").text_content().startswith("WRONG: expected ")
    assert page.locator("#graph .node.output.wrong").count() == 1
    assert page.locator("#traces .mismatch").count() > 0
    page.fill("#sequence", "1 2")
    page.keyboard.press("Enter")
    assert "is no tick" in page.locator("#fault").text_content()
    closing = "graph g\ninput  x in {-1, 1}\noutput y = x\n"
    (files / "g.bonsai").write_text(closing)
    bonsaic("view", "g.bonsai", "--task", tasks / "balanced_parens.py")
    page = opened(files / "g.html")
    page.fill("#sequence", "1 0")
    page.keyboard.press("Enter")
    assert "does not admit" in page.locator("#fault").text_content()
    page.keyboard.press("n")
    assert page.input_value("#sequence").startswith("0")
    assert page.locator("#fault").text_content() == ""


def test_growth_is_drawn_on_axes_of_powers_of_ten(opened, tmp_path):
    steps = tmp_path / "steps"
    steps.mkdir()
    (steps / "00-lift.bonsai").write_text("graph g\ninput  x in {-1, 1}\noutput y = x\n")
    losses = (1.0, float("inf"), 1e-2, 0.0)
    rows = [
        Row(1, "train", 50 * at, loss, 1.0, 0.1, 0.5, 0, None) for at, loss in enumerate(losses)
    ]
    (tmp_path / "growth.csv").write_text(as_csv(rows))
    (tmp_path / "view.html").write_text(page(load_page_model(tmp_path)))
    shown_page = opened(tmp_path / "view.html", fragment="#panel=growth")
    titles = shown_page.locator("#curves .title").all_text_contents()
    assert titles == ["step", "best loss", "median regularisation loss"]
    assert shown_page.locator("#curves .loss-axis").all_text_contents() == [
        f"10{MINUS}2",
        f"10{MINUS}1",
        "100",
    ]
    heights = [float(spot.split()[1]) for spot in re.split("[ML]", path_of(shown_page))[1:]]
    assert heights == sorted(heights)
    assert len(heights) == 3


def path_of(page):
    """The curve of the loss."""
    return page.locator("#curves .trace.loss").get_attribute("d")


@pytest.mark.parametrize("screen", [(1400, 900), (400, 800)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_play_and_traces_are_seen_without_scrolling(opened, runs, screen, scheme):
    page = opened(runs["gate_selector"] / "view.html", *screen, scheme)
    for place in ("#play", "#traces", "#graph", "#pass"):
        box = page.locator(place).bounding_box()
        for start, length, room in zip("xy", ("width", "height"), screen, strict=True):
            assert 0 <= box[start] <= room - box[length], place
    assert page.evaluate("document.documentElement.scrollWidth") <= screen[0]
