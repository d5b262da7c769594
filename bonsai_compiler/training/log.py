"""The log of a growth, a row every so many steps, as a table and as the article's two curves."""

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields

from bonsai_compiler.errors import BonsaiError

PHASES = ("sow", "train", "prune", "done")
"""What growth does, in order."""


@dataclass(frozen=True, slots=True)
class Row:
    """Where growth stood: losses are over the replicas, `weights` the fewest of a right one.

    `loss` is the best replica's, `regularisation` the median's; `step` counts within the rung.
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
class Rung:
    """What came of one rung: `mistakes` is the least share of wrong signs of its networks."""

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
        values = asdict(row)
        writer.writerow(
            {
                name: f"{value:.6g}" if isinstance(value, float) else value
                for name, value in values.items()
            }
        )
    return file.getvalue()


def from_csv(text: str, place: str) -> tuple[Row, ...]:
    """Return the rows that `as_csv` wrote; raises BonsaiError, naming `place`, for other text."""
    try:
        return tuple(
            Row(
                rung=int(row["rung"]),
                phase=_phase(row["phase"]),
                step=int(row["step"]),
                loss=float(row["loss"]),
                median_loss=float(row["median_loss"]),
                regularisation=float(row["regularisation"]),
                mistakes=float(row["mistakes"]),
                solved=int(row["solved"]),
                weights=int(row["weights"]) if row["weights"] else None,
            )
            for row in csv.DictReader(io.StringIO(text))
        )
    except (KeyError, TypeError, ValueError, csv.Error):
        raise BonsaiError(f"{place}: is no table of a growth; grow again") from None


def _phase(word: str) -> str:
    if word not in PHASES:
        raise ValueError(word)
    return word


def as_svg(rows: Sequence[Row], name: str) -> str:
    """Return a drawing of the loss and the regularisation over the steps, on two scales.

    Source: "Growing Bonsai Networks with RNNs", section "Training", where loss falls in steps
    while the regularisation goes on falling slowly.
    """
    # Drawing libraries take their time to load; only a finished growth needs this one.
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    steps: list[int] = []
    starts: list[int] = []
    before = 0
    for place, row in enumerate(rows):
        if place and row.rung != rows[place - 1].rung:
            before = steps[-1]
            starts.append(before)
        steps.append(before + row.step)
    # Text stays text, and the same rows give the same bytes.
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        figure = Figure(figsize=(8, 4.5), layout="constrained")
        left = figure.add_subplot()
        right = left.twinx()
        lines = [
            *left.plot(steps, [row.loss for row in rows], color="#1f5fa8", label="best loss"),
            *right.plot(
                steps,
                [row.regularisation for row in rows],
                color="#b3541e",
                label="median regularisation loss",
            ),
        ]
        left.set(xlabel="step", ylabel="loss")
        # Between two dollars stands a formula, unless it is said otherwise.
        left.set_title(f"growing {name}", parse_math=False)
        left.set_yscale("symlog", linthresh=1e-3)
        left.set_ylim(bottom=0)
        right.set(ylabel="regularisation loss")
        right.set_ylim(bottom=0)
        last = [
            step
            for step, row in zip(steps, rows, strict=True)
            if (row.rung, row.phase) == (rows[-1].rung, "prune")
        ]
        for start in starts:
            lines.append(left.axvline(start, color="#888888", linestyle=":", label="next rung"))
        if last:
            lines.append(left.axvline(last[0], color="#3a7d44", linestyle="--", label="pruning"))
        shown = {line.get_label(): line for line in lines}
        figure.legend(handles=list(shown.values()), loc="outside lower center", ncols=len(shown))
        file = io.StringIO()
        FigureCanvasSVG(figure).print_svg(file, metadata={"Date": None, "Creator": None})
    return file.getvalue()
