"""Every task of a suite from every seed: a row is written as soon as it is there."""

import json
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from functools import cache
from pathlib import Path

from bonsai_compiler.bench.rows import FAILED, Results, Row, load_results, markdown, save_results
from bonsai_compiler.bench.suites import Suite
from bonsai_compiler.driver.report import Report, load
from bonsai_compiler.errors import BonsaiError, shortened
from bonsai_compiler.system.folder import MARK, expect_replaceable, expect_writable
from bonsai_compiler.system.terminal import log
from bonsai_compiler.system.writing import write_file

RESULTS, TABLE = "results.json", "results.md"


def sweep(
    suite: Suite, seeds: Sequence[int], budget: float | None, jobs: int, out: Path
) -> Results:
    """Grow every task from every seed, `jobs` at a time, and return the rows of OUT/results.json.

    A run from seed 0 leaves its result in OUT/seed-0/<task>/. Rows that are there already are
    kept; a run that crashes, or takes far longer than `budget` seconds (UNTOLD without one),
    is a row too. Raises BonsaiError where OUT holds the results of another suite or machine.
    """
    begun = _begun(suite, out)
    there = {(row.task, row.seed) for row in begun.rows}
    names = [path.stem for path in suite.tasks]
    rows = list(begun.rows)

    @cache
    def states(path: Path) -> int | None:
        return minimal_states(path, UNTOLD if budget is None else budget)

    def run(path: Path, seed: int) -> Row:
        folder = out / f"seed-{seed}"
        return measure(path, seed, budget, folder, states(path), suite.tasks[path])

    with ThreadPoolExecutor(jobs) as pool:
        wanted = ((path, seed) for path in suite.tasks for seed in seeds)
        runs = [
            pool.submit(run, path, seed) for path, seed in wanted if (path.stem, seed) not in there
        ]
        try:
            for done in as_completed(runs):
                rows.append(done.result())
                rows.sort(key=lambda row: (names.index(row.task), row.seed))
                begun = replace(begun, rows=tuple(rows))
                save_results(out / RESULTS, begun)
                write_file(out / TABLE, markdown(begun, suite.published))
                last = done.result()
                log(f"{last.task}, seed {last.seed}: {last.verdict} in {last.seconds:.0f} s")
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return begun


def _begun(suite: Suite, out: Path) -> Results:
    """Return the results to go on from, of this suite and this machine."""
    expect_writable(out)
    out.mkdir(parents=True, exist_ok=True)
    here = machine_in_words()
    begun = load_results(out / RESULTS) or Results(suite.name, here)
    for what, found, wanted in (
        ("the suite", begun.suite, suite.name),
        ("the machine", begun.machine, here),
    ):
        if found != wanted:
            raise BonsaiError(
                f"{out / RESULTS}: is of {what} '{found}', not '{wanted}'; choose another -o"
            )
    names = {path.stem for path in suite.tasks}
    return replace(begun, rows=tuple(row for row in begun.rows if row.task in names))


def machine_in_words() -> str:
    """Return the processor, its cores, the system, and what growth runs on."""
    from bonsai_compiler.training import choose_engine

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return f"{_processor()}, {cores} cores; {system}; {choose_engine().description}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or platform.machine()


PATIENCE = 2.0, 120.0
"""When a run is given up: after so many times its budget, and so many seconds more."""

UNTOLD = 1800.0
"""So many seconds a run has that goes by its own budget."""

BONSAIC = (sys.executable, "-m", "bonsai_compiler.cli")


def measure(
    task: Path, seed: int, budget: float | None, out: Path, states: int | None, said: str
) -> Row:
    """Return what `bonsaic train-and-compile` makes of a task; OUT/<task>/ holds the result.

    `states` are those of the task's minimal machine, `said` is the published figure.
    """
    folder = out / task.stem
    # What an interrupted sweep left there must not pass for what comes of this run.
    expect_replaceable(folder)
    shutil.rmtree(folder, ignore_errors=True)
    command = [*BONSAIC, "train-and-compile", str(task)]
    command += [] if budget is None else ["--budget", str(budget)]
    factor, more = PATIENCE
    limit = UNTOLD if budget is None else factor * budget + more
    started = time.perf_counter()
    fault = _fault([*command, "--seed", str(seed), "--out", str(out)], limit)
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
