"""Results to measure: the graphs that runs came to, and the tasks that they were for."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bonsai_compiler.bench.rows import load_results
from bonsai_compiler.bench.suites import find_suite
from bonsai_compiler.bench.sweep import RESULTS
from bonsai_compiler.driver.loading import Run, read_run
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.graph import Dialect, Graph
from bonsai_compiler.specification.task import Task
from bonsai_compiler.specification.task_file import load_task


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """A proved result: its logic, and the task that it was proved equal to."""

    suite: str
    run: Run
    task: Task

    @property
    def graph(self) -> Graph:
        """The logic that it came to."""
        return self.run.stages[-1].graph


def results_in(folders: Iterable[Path]) -> Iterator[Result]:
    """Yield the proved results of folders such as `bonsaic bench` fills, each task once.

    Raises BonsaiError for a folder of another kind; what is not proved, or no logic, is left out.
    """
    for folder in folders:
        found = load_results(folder / RESULTS)
        if found is None:
            raise BonsaiError(
                f"{folder}: holds no {RESULTS}; give a folder that 'bonsaic bench SUITE' has filled"
            )
        tasks = {path.stem: path for path in find_suite(found.suite).tasks}
        for name, seed in sorted({(row.task, row.seed) for row in found.rows if row.proved}):
            place = folder / f"seed-{seed}" / name
            if not place.is_dir() or name not in tasks:
                continue
            run = read_run(place)
            if run.kind == "proved" and run.stages[-1].graph.dialect is Dialect.LOGIC:
                yield Result(found.suite, run, load_task(tasks[name]))
