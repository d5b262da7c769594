"""The log of a growth, a row every so many steps, as a table."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from bonsai_compiler.errors import BonsaiError

PHASES = ("sow", "train", "prune", "done")
"""What growth does, in order."""


@dataclass(frozen=True, slots=True)
class Row:
    """Where growth stood: losses are over the replicas, `weights` the fewest of a right one.

    `loss` is the best replica's, `regularisation` the median's; `step` counts within the
    attempt, whose number is `rung`.
    """

    rung: int
    phase: str
    step: int
    loss: float
    median_loss: float
    regularisation: float
    mistakes: float
    solved: int
    weights: int | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of one attempt: `mistakes` is the least share of wrong signs of its networks."""

    replicas: int
    solved: int
    resets: int
    steps: int
    mistakes: float
    settled: int = 0


def as_csv(rows: Sequence[Row]) -> str:
    """Return the rows as comma-separated values, with a line of names."""
    file = io.StringIO()
    writer = csv.DictWriter(file, [item.name for item in fields(Row)], lineterminator="\n")
    writer.writeheader()
    for row in rows:
        items = asdict(row).items()
        writer.writerow({key: f"{x:.6g}" if isinstance(x, float) else x for key, x in items})
    return file.getvalue()


def from_csv(text: str, place: str) -> tuple[Row, ...]:
    """Return the rows that `as_csv` wrote; raises BonsaiError, naming `place`, for other text."""
    try:
        rows = csv.DictReader(io.StringIO(text))
        return tuple(Row(**{key: read(row[key]) for key, read in COLUMNS.items()}) for row in rows)
    except (KeyError, TypeError, ValueError, csv.Error):
        raise BonsaiError(f"{place}: is no table of a growth; grow again") from None


COLUMNS: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys(("rung", "step", "solved"), int),
    **dict.fromkeys(("loss", "median_loss", "regularisation", "mistakes"), float),
    "phase": lambda word: PHASES[PHASES.index(word)],
    "weights": lambda word: int(word) if word else None,
}
"""How each is read."""
