"""How reliably, how fast and how small tasks are grown: the command itself, timed from outside."""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """One task grown from one seed; `report` is None where the command failed."""

    task: str
    seed: int
    seconds: float
    report: dict[str, Any] | None


def main(words: Sequence[str]) -> None:
    """Grow each task from each seed with default settings, and print a Markdown table."""
    parser = argparse.ArgumentParser(prog="python -m bonsai_compiler.bench tasks")
    parser.add_argument("tasks", nargs="+", type=Path)
    parser.add_argument("--seeds", type=seeds, default=range(3), help="such as 0..9")
    chosen = parser.parse_args(words)
    print("| task | proved | seconds, median (worst) | neurons / weights / states | rungs |")
    print("|---|---|---|---|---|", flush=True)
    for task in chosen.tasks:
        print(line([measure(task, seed) for seed in chosen.seeds]), flush=True)


def seeds(text: str) -> Sequence[int]:
    """Return the seeds that `0..9` or `0,3,5` names."""
    first, dots, last = text.partition("..")
    return range(int(first), int(last) + 1) if dots else [int(part) for part in text.split(",")]


def measure(task: Path, seed: int) -> Row:
    """Return what `bonsaic train-and-compile` makes of a task, and how long it takes in all."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["-m", "bonsai_compiler.cli", "train-and-compile", str(task)]
        started = time.perf_counter()
        done = subprocess.run(
            [sys.executable, *command, "--out", folder, "--seed", str(seed)],
            capture_output=True,
            text=True,
        )
        seconds = time.perf_counter() - started
        path = Path(folder, task.stem, "report.json")
        if done.returncode > 1 or not path.exists():
            print(f"{task.stem}, seed {seed}: {done.stderr.strip()}", file=sys.stderr)
            return Row(task.stem, seed, seconds, None)
        return Row(task.stem, seed, seconds, json.loads(path.read_text()))


def line(rows: list[Row]) -> str:
    """Return the row of the table for one task: sizes and rungs with how many seeds had them."""
    reports = [row.report for row in rows if row.report is not None]
    proved = sum(report["verdict"] == "proved" for report in reports)
    seconds = [row.seconds for row in rows]
    sizes = counted(
        f"{report['neurons']} / {report['weights']} / {report['states']}" for report in reports
    )
    rungs = counted(str(report["rung"] or "none") for report in reports)
    return (
        f"| {rows[0].task} | {proved} of {len(rows)} | "
        f"{statistics.median(seconds):.1f} ({max(seconds):.1f}) | {sizes} | {rungs} |"
    )


def counted(values: Iterable[str]) -> str:
    """Return each value once, the most frequent first, with its number where there are several."""
    counts = Counter(values).most_common()
    return ", ".join(f"{value} ({count})" if count > 1 else value for value, count in counts)
