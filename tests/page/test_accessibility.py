"""The page for everyone: axe-core finds nothing, and keyboard, touch and still pictures will do."""

import pytest
from pages import FLOATS

from bonsai_compiler.driver.page_model import load_page_model
from bonsai_compiler.page.page import page as written

axe = pytest.importorskip("axe_playwright_python.sync_playwright")

SCREENS = {"desktop": (1400, 900), "phone": (400, 800)}
PANELS = {
    "run": ("node", "passes", "machine", "program", "growth"),
    "refuted": ("node",),
    "integers": ("machine",),
    "task": ("machine", "program"),
    "floats": ("node", "machine"),
}


@pytest.fixture
def pages(runs, built, bonsaic, files, tasks):
    """A page of each kind: a run, a refuted one, a task, integers, and a network that drifts."""
    assert bonsaic("compile", "delay1.json", "--task", "delay2.py")[0] == 1
    (files / "floats.bonsai").write_text(FLOATS)
    found = {
        "run": runs["gate_selector"] / "view.html",
        "refuted": files / "build" / "delay2" / "view.html",
        "integers": built[0] / "built" / "view.html",
        "task": files / "task.html",
        "floats": files / "floats.html",
    }
    found["task"].write_text(written(load_page_model(tasks / "gate_selector.py")))
    found["floats"].write_text(written(load_page_model(files / "floats.bonsai")))
    return found


def complaints(page):
    """What axe-core finds wrong, each with the elements."""
    found = axe.Axe().run(page).response["violations"]
    return {
        item["id"]: [(node["html"][:120], node["failureSummary"][-250:]) for node in item["nodes"]]
        for item in found
    }


@pytest.mark.parametrize(("screen", "scheme"), [("desktop", "light"), ("phone", "dark")])
def test_axe_finds_nothing(pages, opened, screen, scheme):
    for name, path in pages.items():
        page = opened(path, *SCREENS[screen], scheme)
        for panel in PANELS[name]:
            page.click(f"#tab-{panel}")
            assert complaints(page) == {}, (name, panel)
    page = opened(pages["run"], *SCREENS[screen], scheme, fragment="#colours=safe")
    assert complaints(page) == {}
    for key in ("?", "l"):
        page.keyboard.press(key)
        assert complaints(page) == {}, key
        page.keyboard.press("Escape")
