"""One task grown from one seed, by the command itself in a process of its own."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from bonsai_compiler.bench.rows import FAILED, Row
from bonsai_compiler.driver.report import Report, load
from bonsai_compiler.errors import shortened
from bonsai_compiler.system.folder import MARK, expect_replaceable

PATIENCE = 2.0, 120.0
"""When a run is given up: after so many times its budget, and so many seconds more."""

BONSAIC = (sys.executable, "-m", "bonsai_compiler.cli")


def measure(task: Path, seed: int, budget: float, out: Path, states: int | None, said: str) -> Row:
    """Return what `bonsaic train-and-compile` makes of a task; OUT/<task>/ holds the result.

    `states` are those of the task's minimal machine, `said` is the published figure.
    """
    folder = out / task.stem
    # What an interrupted sweep left there must not pass for what comes of this run.
    expect_replaceable(folder)
    shutil.rmtree(folder, ignore_errors=True)
    command = [*BONSAIC, "train-and-compile", str(task), "--budget", str(budget)]
    factor, more = PATIENCE
    started = time.perf_counter()
    fault = _fault([*command, "--seed", str(seed), "--out", str(out)], factor * budget + more)
    seconds = round(time.perf_counter() - started, 2)
    # A run that was given up leaves where it stood; nobody will resume it.
    (out / f"{task.stem}.growth").unlink(missing_ok=True)
    report, lines = Report(verdict=FAILED), None
    if (folder / MARK).is_file():
        report = load((folder / MARK).read_text(encoding="utf-8"), str(folder / MARK))
        program = (folder / f"{task.stem}.py").read_text(encoding="utf-8")
        lines = sum(not line.startswith("#") for line in program.splitlines())
    return Row(
        task=task.stem,
        seed=seed,
        verdict=report.verdict,
        horizon=report.horizon,
        seconds=seconds,
        neurons=report.neurons,
        weights=report.weights,
        states=report.states,
        minimal_states=states,
        lines=lines,
        published=said,
        reason=fault if lines is None else None,
    )


def _fault(command: Sequence[str], limit: float) -> str:
    """Run a command, and return the last that it said, or else how it ended."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit)
    except subprocess.TimeoutExpired:
        return f"not done after {limit:.0f} s"
    ended = f"the process ended with {done.returncode}"
    return shortened((done.stderr.strip().splitlines() or [ended])[-1])


def minimal_states(task: Path, limit: float) -> int | None:
    """Return how many states the minimal machine of a task has; None where it is not to be had."""
    try:
        done = subprocess.run(
            [*BONSAIC, "machine", str(task), "--to", "json"],
            capture_output=True,
            text=True,
            timeout=limit,
        )
    except subprocess.TimeoutExpired:
        return None
    return len(json.loads(done.stdout)["machine"]["states"]) if done.returncode == 0 else None
