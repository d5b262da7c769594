"""Networks in training as rows of arrays, and the stage of a run: enough to go on from later."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from bonsai_compiler.system.records import dump_record, load_record

Rows = npt.NDArray[np.float32]
Masks = npt.NDArray[np.bool_]
Figures = npt.NDArray[np.float64]

FORMAT = 5
"""Of stages: counted up when they come to hold something else, so that no old one is taken on."""


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """Networks of one shape, a row each: (n, parameters) or (n,).

    `first` and `second` are Adam's moments; a weight whose mask is False is 0 and stays so.
    `origins` says which grown replica a network was pruned from. `mistakes` is the share of
    wrong signs on the sequences of the evaluation, 1.0 where a number overflowed.
    """

    parameters: Rows
    first: Rows
    second: Rows
    masks: Masks
    origins: npt.NDArray[np.int64]
    mistakes: Figures
    losses: Figures
    regularisation: Figures

    def __len__(self) -> int:
        return len(self.parameters)

    @property
    def parts(self) -> tuple[npt.NDArray[Any], ...]:
        """The arrays, in the order of their names above."""
        return tuple(getattr(self, field.name) for field in fields(self))

    @property
    def right(self) -> npt.NDArray[np.int64]:
        """The rows that made no mistake."""
        return np.flatnonzero(self.mistakes == 0)

    def take(self, rows: npt.ArrayLike) -> Pool:
        """Return the pool of these rows, numbers in this order or a mask."""
        chosen = np.asarray(rows)
        chosen = chosen if chosen.dtype == bool else chosen.astype(np.int64)
        return Pool(*(part[chosen] for part in self.parts))

    def joined(self, other: Pool) -> Pool:
        """Return the pool of these rows and the other's."""
        return Pool(*map(np.concatenate, zip(self.parts, other.parts, strict=True)))


def fresh_pool(parameters: Rows) -> Pool:
    """Return untrained networks."""
    count = len(parameters)
    return Pool(
        parameters,
        np.zeros_like(parameters),
        np.zeros_like(parameters),
        np.ones(parameters.shape, bool),
        np.arange(count),
        np.ones(count),
        np.full(count, np.inf),
        np.zeros(count),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Midway:
    """Where networks in training stand in the middle of a unit of work.

    `steps` of it are done, `powers` are those of Adam's decay rates, `curve` (points, 4) has the
    figures so far, and `randomness`, as JSON, is the state of the generator that what is left draws
    from.
    """

    steps: int
    parameters: Rows
    first: Rows
    second: Rows
    powers: Figures
    curve: Figures
    randomness: str


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """Where a run stands, between two units of work or `midway` in one.

    `phase` is sow, train, prune or done, `units` how many units of it are done, `steps` counts
    training steps of all phases, `resets` the replicas that overflowed and were replaced. `pool`
    is empty before the first unit. `grown` holds each network that was right, as it last was
    before pruning, and `idle` is how many rounds pruning has found no smaller one. `earlier` holds
    what pruned networks were on the way, now and then.
    """

    phase: str
    units: int
    idle: int
    steps: int
    resets: int
    solved: int
    powers: Figures
    pool: Pool
    grown: Pool
    earlier: Pool
    midway: Midway | None = None

    def dump(self) -> bytes:
        """Return the stage as the bytes of a .npz file, which `load_stage` reads back."""
        return dump_record(Kept(FORMAT, self), {})


@dataclass(frozen=True, slots=True)
class Kept:
    """A stage in a file, and of which form."""

    form: int
    stage: Stage


PHASES = "sow", "train", "prune", "done"


def load_stage(data: bytes) -> Stage:
    """Return what `Stage.dump` wrote; raises one of `arrays.DAMAGE` for anything else."""
    kept = load_record(Kept, data, {})
    stage, midway = kept.stage, kept.stage.midway
    if kept.form != FORMAT or stage.phase not in PHASES or stage.powers.shape != (2,):
        raise ValueError("no stage")
    for pool in (stage.pool, stage.grown, stage.earlier):
        shapes = {part.shape for part in pool.parts if part.ndim == 2}
        counts = {len(part) for part in pool.parts}
        if shapes != {pool.parameters.shape} or counts != {len(pool)}:
            raise ValueError("of another shape")
    if midway is not None:
        shapes = {part.shape for part in (midway.parameters, midway.first, midway.second)}
        if len(shapes) > 1 or midway.powers.shape != (2,) or midway.curve.shape[1:] != (4,):
            raise ValueError("of another shape")
        json.loads(midway.randomness)
    return stage
