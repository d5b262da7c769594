"""Runs killed at random moments and gone on with: the same result, and what was lost each time."""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from bonsai_compiler.bench.suites import find_suite
from bonsai_compiler.errors import BonsaiError

TASKS = "delay2", "loop3", "replace111", "balanced_parens", "gate_selector"
SIGNALS = signal.SIGKILL, signal.SIGTERM, signal.SIGINT
CODES = {signal.SIGKILL: -signal.SIGKILL, signal.SIGTERM: 143, signal.SIGINT: 130}
HEADINGS = "task", "kills", "runs", "identical", "seconds lost, median", "most"


@dataclass(slots=True)
class Tally:
    """What came of the kills of one task; `lost` is the seconds since each had saved itself."""

    runs: int
    identical: int
    lost: list[float]


@click.command()
@click.argument("tasks", nargs=-1, type=Path)
@click.option("--kills", type=click.IntRange(1), default=8, show_default=True, help="Of each task.")
@click.option(
    "--seed", type=int, default=0, show_default=True, help="Of the moments and the signals."
)
@click.option("--set", "changes", multiple=True, help="As of train-and-compile.")
@click.option("--out", type=Path, default=Path("build", "bench", "kill"), show_default=True)
def command(
    tasks: tuple[Path, ...], kills: int, seed: int, changes: tuple[str, ...], out: Path
) -> None:
    """Kill runs of each task over and over, and print a table; another result is an error."""
    words = [word for change in changes for word in ("--set", change)]
    known = {path.stem: path for path in find_suite("article").tasks}
    rng = random.Random(seed)
    print(f"| {' | '.join(HEADINGS)} |\n{'|---' * len(HEADINGS)}|", flush=True)
    wrong = []
    for path in tasks or [known[name] for name in TASKS]:
        folder = out / path.stem
        shutil.rmtree(folder, ignore_errors=True)
        tally = killed(path.resolve(), folder, kills, words, rng)
        lost = sorted(tally.lost)
        cells = path.stem, len(lost), tally.runs, tally.identical, lost[len(lost) // 2], lost[-1]
        told = (f"{cell:.1f}" if isinstance(cell, float) else f"{cell}" for cell in cells)
        print(f"| {' | '.join(told)} |", flush=True)
        if tally.identical < tally.runs:
            wrong.append(path.stem)
    if wrong:
        raise BonsaiError(f"{', '.join(wrong)}: a run that was killed came to another result")


def killed(
    task: Path, folder: Path, kills: int, changes: Sequence[str], rng: random.Random
) -> Tally:
    """Return what came of a task's runs, killed at random moments and gone on with to their end.

    So many kills are made, and the run that was killed last is let finish.
    """
    begun = time.monotonic()
    _expect(_started(task, folder / "whole", changes).wait(), (0,))
    length = time.monotonic() - begun
    wanted = result(folder / "whole" / task.stem)
    tally, out, resume = Tally(0, 0, []), folder / "killed", False
    while len(tally.lost) < kills or resume:
        begun, process = time.time(), _started(task, out, changes, resume=resume)
        how = rng.choice(SIGNALS)
        if len(tally.lost) < kills:
            try:
                process.wait(rng.uniform(0.0, length))
            except subprocess.TimeoutExpired:
                process.send_signal(how)
        killed_at = time.time()
        code = process.wait()
        if code == 0:
            tally.runs += 1
            tally.identical += result(out / task.stem) == wanted
            shutil.rmtree(out)
            resume = False
            continue
        # A signal can come before bonsaic has begun to heed it: that is a kill as well.
        _expect(code, (CODES[how], -how))
        checkpoint = out / f"{task.stem}.growth"
        resume = checkpoint.exists()
        saved = max(begun, checkpoint.stat().st_mtime if resume else begun)
        tally.lost.append(max(0.0, killed_at - saved))
    return tally


def result(folder: Path) -> tuple[dict[str, bytes], dict[str, Any]]:
    """Return what of a result has to be the same each time: texts, and the report but for times."""
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    del report["seconds"]
    for step in report["passes"]:
        del step["seconds"]
    names = [
        path for path in sorted(folder.rglob("*")) if path.suffix in (".py", ".csv", ".bonsai")
    ]
    texts = {str(path.relative_to(folder)): path.read_bytes() for path in names}
    return texts | {"network.json": (folder / "network.json").read_bytes()}, report


def _started(
    task: Path, out: Path, changes: Sequence[str], *, resume: bool = False
) -> subprocess.Popen[bytes]:
    words = ["train-and-compile", str(task), "-o", str(out), *changes]
    words += ["--resume"] if resume else []
    command = [sys.executable, "-m", "bonsai_compiler.cli", *words]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _expect(code: int, wanted: Sequence[int]) -> None:
    if code not in wanted:
        raise BonsaiError(f"a run ended with exit code {code}, not {wanted[0]}")
