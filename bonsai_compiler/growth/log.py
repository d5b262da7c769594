"""The log of a growth, a row every so many steps, as a table."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from bonsai_compiler.errors import BonsaiError

PHASES = {"sow": "sowing", "train": "training", "prune": "pruning", "done": "grown"}
"""What growth does, in order, and what a reader is told."""


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

    @property
    def doing(self) -> str:
        """What growth does, in a word."""
        return PHASES[self.phase]

    @property
    def reached(self) -> str:
        """How far the best network is: how wrong, or how small."""
        return f"{self.mistakes:.1%} wrong" if self.weights is None else f"{self.weights} weights"


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
    "phase": {phase: phase for phase in PHASES}.__getitem__,
    "weights": lambda word: int(word) if word else None,
}
"""How each is read."""
