"""Every task of a suite from every seed: a row is written as soon as it is there."""

import os
import platform
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from functools import cache
from pathlib import Path

from bonsai_compiler.bench.rows import Results, Row, load_results, markdown, save_results
from bonsai_compiler.bench.running import measure, minimal_states
from bonsai_compiler.bench.suites import Suite
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.system.folder import expect_writable
from bonsai_compiler.system.terminal import log
from bonsai_compiler.system.writing import write_file

RESULTS, TABLE = "results.json", "results.md"


def sweep(suite: Suite, seeds: Sequence[int], budget: float, jobs: int, out: Path) -> Results:
    """Grow every task from every seed, `jobs` at a time, and return the rows of OUT/results.json.

    A run from seed 0 leaves its result in OUT/seed-0/<task>/. Rows that are there already are
    kept; a run that crashes, or takes far longer than `budget` (seconds), is a row too. Raises
    BonsaiError where OUT holds the results of another suite or of another machine.
    """
    begun = _begun(suite, out)
    there = {(row.task, row.seed) for row in begun.rows}
    names = [path.stem for path in suite.tasks]
    rows = list(begun.rows)

    @cache
    def states(path: Path) -> int | None:
        return minimal_states(path, budget)

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
