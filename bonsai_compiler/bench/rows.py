"""What came of the tasks of a suite: a row a task and seed, as JSON and as Markdown."""

import json
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.system.writing import write_file

FAILED = "failed"
"""The verdict where there is no program to have one: the run crashed, or took too long."""


@dataclass(frozen=True, slots=True)
class Row:
    """One task grown from one seed.

    `seconds` are those of the whole command, `minimal_states` those of the task's machine, `lines`
    those of the emitted program without its comments; `program_size` and `task_size` are how much
    there is to read in its `step` and in the task's. What a failed run cannot say is None, and
    `reason` says why.
    """

    task: str
    seed: int
    verdict: str
    horizon: int | None
    seconds: float
    neurons: int | None
    weights: int | None
    states: int | None
    minimal_states: int | None
    lines: int | None
    published: str
    reason: str | None = None
    program_size: int | None = None
    task_size: int | None = None

    @property
    def ratio(self) -> float | None:
        """How many times as much there is to read in the program as in the task."""
        if self.program_size is None or not self.task_size:
            return None
        return self.program_size / self.task_size

    @property
    def proved(self) -> bool:
        return self.verdict == "proved"


@dataclass(frozen=True, slots=True)
class Results:
    """The rows of a suite so far, and the machine, in words, that they were measured on."""

    suite: str
    machine: str
    rows: tuple[Row, ...] = ()


def load_results(path: Path) -> Results | None:
    """Return what the file at `path` holds; None where there is none.

    Raises BonsaiError where it holds anything else.
    """
    if not path.exists():
        return None
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
        rows = tuple(Row(**row) for row in given["rows"])
        return Results(given["suite"], given["machine"], rows)
    except (OSError, ValueError, KeyError, TypeError):
        raise BonsaiError(f"{path}: holds no results of a suite; choose another -o") from None


def save_results(path: Path, results: Results) -> None:
    """Write results whole; `reason` stands only in rows of failed runs."""
    rows = [
        {name: value for name, value in asdict(row).items() if name != "reason" or value}
        for row in results.rows
    ]
    given = {"suite": results.suite, "machine": results.machine, "rows": rows}
    write_file(path, json.dumps(given, indent=1) + "\n")


def markdown(results: Results, published: str) -> str:
    """Return a table, a line a task, then the runs that proved nothing, and a line in sum."""
    beside = f"published: {published}" if published else "published"
    lines = [
        "| task | minimal states | proved | seconds, median (worst) "
        f"| neurons / weights / states | lines | program / task | {beside} |",
        "|---|---|---|---|---|---|---|---|",
    ]
    names = dict.fromkeys(row.task for row in results.rows)
    lines += [_line([row for row in results.rows if row.task == name]) for name in names]
    if unproved := [row for row in results.rows if not row.proved]:
        lines += ["", "Not proved:", ""]
        lines += [f"- {row.task}, seed {row.seed}: {_ending(row)}" for row in unproved]
    return "\n".join([*lines, "", summary(results)]) + "\n"


def summary(results: Results) -> str:
    """Return one line about the suite."""
    rows = results.rows
    tasks = {row.task for row in rows}
    reached = {row.task for row in rows if row.proved}
    runs = sum(row.proved for row in rows)
    ratios = [row.ratio for row in rows if row.proved and row.ratio is not None]
    told = (
        f"; programs of {statistics.median(ratios):.2f} ({max(ratios):.2f}) times their task's size"
        if ratios
        else ""
    )
    return (
        f"{results.suite}: {len(reached)} of {len(tasks)} tasks proved, {runs} of {len(rows)} "
        f"runs; {_times(rows)} seconds, median (worst){told}"
    )


def _line(rows: Sequence[Row]) -> str:
    proved = [row for row in rows if row.proved]
    horizons = {row.horizon for row in proved if row.horizon}
    cells = (
        rows[0].task,
        _counted(row.minimal_states for row in rows[:1]),
        f"{len(proved)} of {len(rows)}" + "".join(f", to {ticks} ticks" for ticks in horizons),
        _times(rows),
        _counted(f"{row.neurons} / {row.weights} / {row.states}" for row in proved),
        _counted(row.lines for row in proved),
        _counted(f"{row.program_size} / {row.task_size}" for row in proved if row.ratio),
        rows[0].published,
    )
    return f"| {' | '.join(cells)} |"


def _times(rows: Sequence[Row]) -> str:
    seconds = [row.seconds for row in rows]
    return f"{statistics.median(seconds):.1f} ({max(seconds):.1f})"


def _ending(row: Row) -> str:
    return row.verdict if row.reason is None else f"{row.verdict}, {row.reason}"


def _counted(values: Iterable[object]) -> str:
    """Return each value once, the most frequent first, with its number where there are several."""
    counts = Counter(value for value in values if value is not None).most_common()
    return ", ".join(f"{value} ({count})" if count > 1 else f"{value}" for value, count in counts)
