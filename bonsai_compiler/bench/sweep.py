"""Every task of a suite from every seed: a row is written as soon as it is there."""

import json
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from bonsai_compiler.bench.rows import FAILED, Results, Row, load_results, markdown, save_results
from bonsai_compiler.bench.suites import Suite
from bonsai_compiler.driver.report import Report, load
from bonsai_compiler.errors import BonsaiError, shortened
from bonsai_compiler.system.folder import MARK, expect_replaceable, expect_writable, replaced
from bonsai_compiler.system.terminal import log
from bonsai_compiler.system.writing import write_file
from bonsai_compiler.workers.here import cores
from bonsai_compiler.workers.interface import Workers

RESULTS, TABLE = "results.json", "results.md"


Files = tuple[tuple[str, bytes], ...]
"""Names from a folder on, and what the files hold."""


def sweep(
    suite: Suite, seeds: Sequence[int], budget: float | None, workers: Workers, out: Path
) -> Results:
    """Have workers grow every task from every seed, and return the rows of OUT/results.json.

    A run from seed 0 leaves its result in OUT/seed-0/<task>/. Rows that are there already are
    kept; a run that crashes, or takes far longer than `budget` seconds (UNTOLD without one),
    is a row too. Raises BonsaiError where OUT holds the results of another suite or machine.
    """
    begun = _begun(suite, " and ".join(sorted(set(workers.everywhere(machine_in_words)))), out)
    there = {(row.task, row.seed) for row in begun.rows}
    places = {path.stem: place for place, path in enumerate(suite.tasks)}
    wanted = [
        (path, seed) for path in suite.tasks for seed in seeds if (path.stem, seed) not in there
    ]
    for path, seed in wanted:
        expect_replaceable(_folder(out, path.stem, seed))
    runs = [
        workers.submit(measure, path.name, beside(path), seed, budget, suite.tasks[path])
        for path, seed in wanted
    ]
    try:
        while runs:
            for run in workers.done(runs):
                runs.remove(run)
                row, files = run.result()
                _keep(_folder(out, row.task, row.seed), files)
                rows = sorted((*begun.rows, row), key=lambda item: (places[item.task], item.seed))
                begun = replace(begun, rows=tuple(rows))
                save_results(out / RESULTS, begun)
                write_file(out / TABLE, markdown(begun, suite.published))
                log(f"{row.task}, seed {row.seed}: {row.verdict} in {row.seconds:.0f} s")
    finally:
        for run in runs:
            run.cancel()
    return begun


def beside(path: Path) -> Files:
    """Return the task files of a task's folder, of which it may import some; a machine alone."""
    if path.suffix != ".py":
        return ((path.name, path.read_bytes()),)
    return tuple((other.name, other.read_bytes()) for other in sorted(path.parent.glob("*.py")))


def _folder(out: Path, task: str, seed: int) -> Path:
    return out / f"seed-{seed}" / task


def _keep(folder: Path, files: Files) -> None:
    """Have a folder hold a result; what an interrupted sweep left there must not pass for it."""
    if not files:
        shutil.rmtree(folder, ignore_errors=True)
        return
    with replaced(folder) as filling:
        _write(filling, files)


def _write(folder: Path, files: Files) -> None:
    for name, content in files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _begun(suite: Suite, here: str, out: Path) -> Results:
    """Return the results to go on from, of this suite and these machines."""
    expect_writable(out)
    out.mkdir(parents=True, exist_ok=True)
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
    from bonsai_compiler.devices.choice import choose_engine

    system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return f"{_processor()}, {cores()} cores; {system}; {choose_engine().description}"


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
    task: str, tasks: Files, seed: int, budget: float | None, said: str
) -> tuple[Row, Files]:
    """Return what `bonsaic train-and-compile` makes of a task, and the folder of its result.

    `task` is one of the files `tasks`, `said` is the published figure.
    """
    name = Path(task).stem
    factor, more = PATIENCE
    limit = UNTOLD if budget is None else factor * budget + more
    with TemporaryDirectory(prefix="bonsai_compiler-") as place:
        _write(Path(place), tasks)
        out = Path(place, "out")
        command = [*BONSAIC, "train-and-compile", str(Path(place, task))]
        command += [] if budget is None else ["--budget", str(budget)]
        started = time.perf_counter()
        fault = _fault([*command, "--seed", str(seed), "--out", str(out)], limit, place)
        seconds = round(time.perf_counter() - started, 2)
        paths = sorted(path for path in (out / name).rglob("*") if path.is_file())
        files = tuple((str(path.relative_to(out / name)), path.read_bytes()) for path in paths)
    found = dict(files)
    report, lines = Report(verdict=FAILED), None
    if MARK in found:
        report = load(found[MARK].decode(), MARK)
        program = found[f"{name}.py"].decode().splitlines()
        lines = sum(not line.startswith("#") for line in program)
    row = Row(
        task=name,
        seed=seed,
        verdict=report.verdict,
        horizon=report.horizon,
        seconds=seconds,
        neurons=report.neurons,
        weights=report.weights,
        states=report.states,
        minimal_states=minimal_states(task, tasks, UNTOLD if budget is None else budget),
        lines=lines,
        published=said,
        reason=fault if lines is None else None,
        program_size=report.program_size,
        task_size=report.task_size,
    )
    return row, () if lines is None else files


def _fault(command: Sequence[str], limit: float, place: str) -> str:
    """Run a command, and return the last that it said, from a place on, or else how it ended."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit)
    except subprocess.TimeoutExpired:
        return f"not done after {limit:.0f} s"
    ended = f"the process ended with {done.returncode}"
    last = (done.stderr.strip().splitlines() or [ended])[-1]
    return shortened(last.replace(f"{place}{os.sep}", ""))


@cache
def minimal_states(task: str, tasks: Files, limit: float) -> int | None:
    """Return how many states the minimal machine of a task has; None where it is not to be had."""
    with TemporaryDirectory(prefix="bonsai_compiler-") as place:
        _write(Path(place), tasks)
        try:
            done = subprocess.run(
                [*BONSAIC, "machine", str(Path(place, task)), "--to", "json"],
                capture_output=True,
                text=True,
                timeout=limit,
            )
        except subprocess.TimeoutExpired:
            return None
    return len(json.loads(done.stdout)["machine"]["states"]) if done.returncode == 0 else None
