"""What docs/targets.md shows is compiled, run and checked as it is shown."""

import shlex
import shutil
import subprocess

import pytest
from documents import TOP, blocks, sessions, written
from foreign_code import run, tool
from ported import GRAPH

from bonsai_compiler.driver.emission import emit
from bonsai_compiler.ir.text import load

PAGE = (TOP / "docs" / "targets.md").read_text(encoding="utf-8")
ARDUINO = """\
#pragma once
enum { LOW, HIGH, OUTPUT, INPUT_PULLUP, LED_BUILTIN = 13 };
void pinMode(int, int); int digitalRead(int); void digitalWrite(int, int); void delay(int);
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The files that the page shows, and a folder of results that ends with its graph."""
    place = written(PAGE, tmp_path_factory.mktemp("targets"))
    for language in ("c", "cpp"):
        for note, text in blocks(PAGE, language):
            (place / note.removeprefix("file=")).write_text(text)
    steps = place / "build" / "debouncer" / "steps"
    steps.mkdir(parents=True)
    shutil.copy(place / "debouncer.bonsai", steps / "00-lift.bonsai")
    # Its program remembers what the task does, as one that is written for its reader.
    shutil.copy(TOP / "tasks" / "textbook" / "debouncer.py", steps.parent)
    return place


def test_the_sessions_go_as_they_are_shown(folder, bonsaic, monkeypatch):
    monkeypatch.chdir(folder)
    for _, session in blocks(PAGE, "console"):
        for command, shown in sessions(session):
            program, *words = shlex.split(command)
            if program == "bonsaic":
                assert bonsaic(*words)[:2] == (0, shown)
            else:
                path = tool("gcc", "clang") if program == "cc" else str(folder / program)
                assert run(path, *words, folder=folder) == shown


def test_what_it_shows_of_a_header_stands_in_it(folder):
    shown = [pair for pair in blocks(PAGE, "text") if pair[0].startswith("in=")]
    assert shown
    for note, text in shown:
        name = note.removeprefix("in=").removesuffix(".h")
        graph = load((folder / f"{name}.bonsai").read_text())
        assert text in emit(graph, "c-integers")


def test_the_sketch_compiles(folder):
    compiler = tool("g++", "clang++")
    (folder / "Arduino.h").write_text(ARDUINO)
    if not (folder / "debouncer.h").exists():
        graph = load((folder / "debouncer.bonsai").read_text())
        (folder / "debouncer.h").write_text(emit(graph, "c"))
    run(compiler, "-Wall", "-Wextra", "-Werror", "-I.", "-c", "blink.cpp", folder=folder)


@pytest.mark.parametrize("options", [{}, {"registered": True}], ids=["mealy", "registered"])
def test_a_module_in_a_simulator(folder, options):
    simulator = tool("iverilog")
    for backend, name in (("verilog", "gate_selector.v"), ("testbench", "testbench.v")):
        (folder / name).write_text(emit(GRAPH, backend, **options))
    run(simulator, "-o", "simulation", "gate_selector.v", "testbench.v", folder=folder)
    said = subprocess.run(["vvp", "simulation"], cwd=folder, capture_output=True, text=True).stdout
    assert said.startswith("PASS")


def test_every_backend_is_on_the_page():
    from bonsai_compiler.targets import TARGETS

    assert not [name for name in TARGETS if f"`{name}`" not in PAGE]
