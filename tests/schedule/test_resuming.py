"""Growth that is stopped goes on to the same result, and never loses what stood before."""

import errno
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from growing import reporting

from bonsai_compiler.cli.main import SIGNALS, heeding_signals
from bonsai_compiler.driver import workflow
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.schedule import checkpoint, selection
from bonsai_compiler.schedule.checkpoint import Checkpoint, Keeper, parse
from bonsai_compiler.schedule.settings import Settings
from bonsai_compiler.specification.task_file import load_task

TASK = """
inputs, outputs, start = ["x"], ["y"], (0, 0)
def step(state, x):
    return (x, state[0]), state[1]
"""
CHANGES = {"replicas": 8, "batch": 32, "steps": 600, "prunings": 12}
WORDS = [word for name, value in CHANGES.items() for word in ("--set", f"{name}={value}")]
ELSEWHERE = """\
from bonsai_compiler.cli import main as cli
from bonsai_compiler.schedule import checkpoint, selection

checkpoint.KEEP_SECONDS, checkpoint.KEEP_SHARE = 0.0, 1e9
selection.EFFORT = selection.LARGE = 0
cli.main()
"""
"""What the fixture `task` sets, and bonsaic, for a process of its own."""


@pytest.fixture
def task(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A task whose growth saves itself at every step, and compiles as few networks as it may."""
    path = tmp_path / "late.py"
    path.write_text(TASK)
    monkeypatch.setattr(checkpoint, "KEEP_SECONDS", 0.0)
    monkeypatch.setattr(checkpoint, "KEEP_SHARE", 1e9)
    for name in ("EFFORT", "LARGE"):
        monkeypatch.setattr(selection, name, 0)
    return path


def result(folder: Path) -> tuple[str, str, dict[str, Any]]:
    """Return the network, the program and what of the report does not depend on the clock."""
    report = json.loads((folder / "report.json").read_text())
    for name in ("seconds", "budget"):
        report.pop(name)
    for step in report["passes"]:
        step.pop("seconds")
    texts = [(folder / name).read_text() for name in ("network.json", "late.py")]
    return texts[0], texts[1], report


def stop_after(monkeypatch: pytest.MonkeyPatch, units: int, error: BaseException) -> None:
    """Let the error arise where growth reports a unit for the `units`-th time."""
    seen = 0

    def counted() -> None:
        nonlocal seen
        seen += 1
        if seen > units:
            raise error

    reporting(monkeypatch, counted)


def die_at(monkeypatch: pytest.MonkeyPatch, saves: int) -> None:
    """Let the process die, as by kill -9, right after it has saved itself so many times."""
    keep, seen = Keeper.keep, 0

    def counted(self: Keeper, given_checkpoint: Checkpoint) -> None:
        nonlocal seen
        keep(self, given_checkpoint)
        seen += 1
        if seen == saves:
            monkeypatch.setattr(Keeper, "flush", lambda _: False)
            raise KeyboardInterrupt

    monkeypatch.setattr(Keeper, "keep", counted)


def die_writing(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Let a result fail to be written when its page is drawn, the last of its files but one."""

    def failing(*_: Any) -> None:
        raise error

    monkeypatch.setattr("bonsai_compiler.driver.drawing.Drawings.finished", failing)


def test_a_run_that_dies_anywhere_goes_on_to_the_same_result(
    task: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It dies over and over: between units and within, between passes, and while it writes."""
    stages: list[str] = []

    class Watched(Keeper):
        def keep(self, given_checkpoint: Checkpoint) -> None:
            stage = given_checkpoint.stage
            if stage is not None:
                stages.append("compiling" if given_checkpoint.journal else stage.phase)
            super().keep(given_checkpoint)

    with monkeypatch.context() as patched:
        patched.setattr(workflow, "keeper", lambda *given: Watched(*given, time.monotonic))
        whole = workflow.train_and_compile(task, tmp_path / "whole", Settings(changes=CHANGES))
    assert whole.verdict.kind == "proved"
    assert set(stages) >= {"train", "prune", "compiling"}
    out, every = tmp_path / "parts", len(stages) // 6
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    deaths: list[BaseException] = [KeyboardInterrupt()]
    while isinstance(deaths[-1], KeyboardInterrupt):
        settings = Settings(changes=CHANGES, resume=len(deaths) > 1)
        with monkeypatch.context() as patched:
            die_at(patched, every)
            die_writing(patched, full)
            with pytest.raises((KeyboardInterrupt, BonsaiError)) as caught:
                workflow.train_and_compile(task, out, settings)
        deaths.append(caught.value)
        assert len(deaths) < 50, "it never gets any further"
        assert os.listdir(out) == ["late.growth"]
    assert len(deaths) > 4
    assert "No space left" in str(deaths[-1])
    assert "--resume" in deaths[-1].__notes__[-1]
    monkeypatch.setattr(
        "bonsai_compiler.growth.grow.advanced", lambda *_: pytest.fail("grown again")
    )
    parts = workflow.train_and_compile(task, out, Settings(changes=CHANGES, resume=True))
    assert result(whole.folder) == result(parts.folder)
    logs = [(folder / "growth.csv").read_text() for folder in (whole.folder, parts.folder)]
    assert logs[0] == logs[1]
    assert os.listdir(out) == ["late"]


def test_a_checkpoint_of_another_run_is_refused(
    task: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    with pytest.raises(BonsaiError, match="nothing to resume"):
        workflow.train_and_compile(task, out, Settings(resume=True))
    stop_after(monkeypatch, 1, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        workflow.train_and_compile(task, out, Settings(changes=CHANGES))
    before = (out / "late.growth").read_bytes()
    for settings, what in [
        (Settings(seed=1, changes=CHANGES, resume=True), "another seed"),
        (Settings(resume=True), "another recipe"),
    ]:
        with pytest.raises(BonsaiError, match=what) as caught:
            workflow.train_and_compile(task, out, settings)
        assert "\n" not in str(caught.value)
    other = replace(load_task(task), growth={"leak": 0.3})
    with pytest.raises(BonsaiError, match="another recipe"):
        workflow.grow_and_compile(other, out, Settings(changes=CHANGES, resume=True))
    task.write_text(TASK + "# changed\n")
    with pytest.raises(BonsaiError, match="another task"):
        workflow.train_and_compile(task, out, Settings(changes=CHANGES, resume=True))
    assert (out / "late.growth").read_bytes() == before
    task.write_text(TASK)
    with monkeypatch.context() as later:
        later.setattr(workflow, "KIND", "another")
        with pytest.raises(BonsaiError, match="another version"):
            workflow.train_and_compile(task, out, Settings(changes=CHANGES, resume=True))
    (out / "late.growth").write_bytes(before[: len(before) // 2])
    with pytest.raises(BonsaiError, match="is no checkpoint of this version"):
        workflow.train_and_compile(task, out, Settings(changes=CHANGES, resume=True))


def test_a_full_disk_is_one_line_and_loses_nothing(
    task: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    out = tmp_path / "out"
    workflow.train_and_compile(task, out, Settings(changes=CHANGES))
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}

    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    write_text = Path.write_text

    def filling(path: Path, *arguments: Any, **words: Any) -> int:
        if path.suffix == ".svg":
            full()
        return write_text(path, *arguments, **words)

    monkeypatch.setattr("bonsai_compiler.system.writing._replace", full)
    monkeypatch.setattr(Path, "write_text", filling)
    with pytest.raises(BonsaiError, match=r"late: cannot be written \(No space left") as caught:
        workflow.train_and_compile(task, out, Settings(changes=CHANGES))
    assert "\n" not in str(caught.value)
    said = capsys.readouterr().err
    assert said.count("late.growth: cannot be written (No space left") == 1
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before


def test_a_folder_that_vanishes_is_one_line(
    task: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"

    def remove() -> None:
        if (out / "late.growth").exists():
            shutil.rmtree(out)

    reporting(monkeypatch, remove)
    result = workflow.train_and_compile(task, out, Settings(changes=CHANGES))
    assert result.verdict.kind == "proved"
    assert (out / "late" / "report.json").exists()


def test_a_killed_process_can_be_resumed(task: Path, tmp_path: Path, bonsaic: Any) -> None:
    """From outside: the file is there soon, and --resume ends proved in another process."""
    words = ["train-and-compile", "late.py", "--out", "out", *WORDS]
    command = [sys.executable, "-c", ELSEWHERE, *words]
    process = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    file = tmp_path / "out" / "late.growth"
    deadline = time.monotonic() + 120
    while not file.exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.kill()
    _, said = process.communicate(timeout=60)
    assert "Traceback" not in said
    assert file.exists()
    code, out, said = bonsaic(*words, "--resume")
    assert (code, "proved" in out) == (0, True), said
    assert not file.exists()


@pytest.mark.parametrize("number", [signal.SIGINT, *SIGNALS])
def test_a_signal_is_told_as_a_stop_and_its_code(
    number: signal.Signals, monkeypatch: pytest.MonkeyPatch, task: Path, bonsaic: Any
) -> None:
    def send() -> None:
        signal.raise_signal(number)
        raise AssertionError("the signal came to nothing")

    reporting(monkeypatch, send)
    usual = signal.default_int_handler if number is signal.SIGINT else signal.SIG_DFL
    # Tests may run where a signal is ignored, as under nohup and in the background of a shell.
    found = signal.signal(number, usual)
    try:
        code, out, said = bonsaic("train-and-compile", task, *WORDS)
        assert signal.getsignal(number) is usual
    finally:
        signal.signal(number, found)
    assert code == 128 + number, said
    assert not out
    (line,) = [line for line in said.splitlines() if line.startswith("bonsaic: stopped")]
    by = "" if number is signal.SIGINT else f" by {number.name}"
    assert line.startswith(f"bonsaic: stopped{by}; build/late.growth holds where growth stood")
    assert "--resume goes on from there" in line
    assert Path("build/late.growth").exists()


def test_a_limit_on_files_is_one_line_and_what_was_saved_stays(
    tmp_path: Path, task: Path, bonsaic: Any
) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        code, _, said = bonsaic("train-and-compile", "late.py", *WORDS)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert code == 2, said
    assert "Traceback" not in said
    told = [line for line in said.splitlines() if line.startswith("bonsaic: ")]
    # The first to write beyond it is the driver of OpenCL, or the checkpoint.
    assert "File too large" in told[-1] or "OpenCL driver cannot build" in told[-1]
    saved = tmp_path / "build" / "late.growth"
    if saved.exists():
        parse(saved.read_bytes())


def test_a_signal_that_was_ignored_still_is() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with heeding_signals():
            signal.raise_signal(signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)
