"""Pages of stored networks, compiled once, and a Chromium without a network to look at them in."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from documents import TOP
from sharing import shared

from bonsai_compiler.driver.workflow import compile_file
from bonsai_compiler.page.page import bundled
from bonsai_compiler.specification.task_file import load_task

NAMES = ("delay2", "loop3", "replace111", "gate_selector")
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def chromium() -> tuple[str | None, str]:
    """Where Chromium is, or None; and in words what becomes of the tests in a browser."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        return None, "the tests in a browser were skipped: there is no Chromium"
    try:
        import playwright  # noqa: F401
    except ImportError:
        return None, "the tests in a browser were skipped: playwright is not installed"
    return found, f"the tests in a browser ran in {found}"


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folder of results of each stored network, by its task."""
    folder = shared(tmp_path_factory, "stored", _compile_all)
    return {name: folder / name for name in NAMES}


def _compile_all(folder: Path) -> None:
    for name in NAMES:
        task = load_task(TOP / "tasks" / f"{name}.py")
        compile_file(str(TOP / "tests" / "networks" / f"{name}.json"), task, folder)


@pytest.fixture(scope="session")
def browser() -> Iterator:
    """A browser that reaches nothing but files; skips where there is none."""
    path, told = chromium()
    if path is None:
        pytest.skip(told)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield started
        started.close()


IN_THE_PAGE = """([graph, sequence]) =>
    modules.evaluate.run(graph, sequence).map(({ values, following }) => [values, following])"""
"""Runs a graph over a sequence: the values and the states that follow, tick by tick."""


@pytest.fixture(scope="module")
def evaluator(browser):
    """A page that holds the page's own evaluation, and nothing else."""
    page = browser.new_page()
    page.add_script_tag(content=bundled(("evaluate",)).replace("const modules", "var modules"))
    yield page
    page.close()


@pytest.fixture
def opened(browser):
    """Opens the page in a file, at a size and colour scheme; at the end no complaint was made."""
    complaints: list[str] = []
    contexts = []

    def open_page(path, width=1400, height=900, scheme="light", fragment="", motion="reduce"):
        size = {"width": width, "height": height}
        contexts.append(
            browser.new_context(viewport=size, color_scheme=scheme, reduced_motion=motion)
        )
        contexts[-1].set_offline(True)
        page = contexts[-1].new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "request",
            lambda request: (
                complaints.append(request.url) if not request.url.startswith("file:") else None
            ),
        )
        page.goto(f"{path.absolute().as_uri()}{fragment}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


if __name__ == "__main__":
    print(chromium()[1])
    sys.exit()
