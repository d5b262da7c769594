"""The gallery's pages are what its script makes of the networks and words in it."""

import runpy
import tomllib
from pathlib import Path

import pytest
from documents import TOP

from bonsai_compiler.bench.suites import find_suite

GALLERY = TOP / "docs" / "gallery"
WORDS = tomllib.loads((GALLERY / "words.toml").read_text())


def test_a_page_is_made_again(tmp_path: Path) -> None:
    runpy.run_path(str(GALLERY / "make.py"))["make"]("delay1", tmp_path)
    for made in ("README.md", "delay1.py"):
        assert (tmp_path / made).read_text() == (GALLERY / "delay1" / made).read_text()
    assert (tmp_path / "delay1.svg").read_text().rstrip().endswith("</svg>")


def test_there_is_a_page_for_each_task_of_the_article() -> None:
    assert {path.parent.name for path in GALLERY.glob("*/network.json")} == set(WORDS)
    assert {path.stem for path in find_suite("article").tasks} <= set(WORDS)


@pytest.mark.parametrize("name", WORDS)
def test_a_page_shows_its_words_and_a_proof(name: str) -> None:
    page = (GALLERY / name / "README.md").read_text()
    assert WORDS[name]["words"].strip() in page
    assert "the program is proved" in page
    # What is told from the machine comes first, and there is something to tell.
    told = page.split("## In words")[1].split("(Written by")[0]
    assert page.index("## In words") < page.index("![The network")
    assert "\ny is " in told or name == "majority_0_1"
    assert f"({name}/README.md)" in (GALLERY / "README.md").read_text()
    assert (GALLERY / name / f"{name}.svg").exists()
