"""Networks in training as rows of arrays, and the stage of a run: enough to go on from later."""

from __future__ import annotations

import io
from dataclasses import asdict, dataclass, fields

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.float32]
Masks = npt.NDArray[np.bool_]
Figures = npt.NDArray[np.float64]

FORMAT = 2
"""Of stages: counted up when they come to hold something else, so that no old one is taken on."""


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """Networks of one shape, a row each: (n, parameters) or (n,).

    `first` and `second` are Adam's moments; a weight whose mask is False is 0 and stays so.
    `origins` says which grown replica a network was pruned from. `mistakes` is the share of
    wrong signs on the sequences that judge, 1.0 where a number overflowed.
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
    def right(self) -> npt.NDArray[np.int64]:
        """The rows that made no mistake."""
        return np.flatnonzero(self.mistakes == 0)

    def take(self, rows: npt.ArrayLike) -> Pool:
        """Return the pool of these rows, numbers in this order or a mask."""
        chosen = np.asarray(rows)
        chosen = chosen if chosen.dtype == bool else chosen.astype(np.int64)
        return Pool(*(getattr(self, field.name)[chosen] for field in fields(self)))

    def joined(self, other: Pool) -> Pool:
        """Return the pool of these rows and the other's."""
        names = [field.name for field in fields(self)]
        return Pool(*(np.concatenate([getattr(self, n), getattr(other, n)]) for n in names))


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
class Stage:
    """Where a run stands between two units of work.

    `phase` is sow, train, prune or done, `units` how many units of it are done, `steps` counts
    training steps of all phases, `resets` the replicas that overflowed and were replaced. `pool`
    is empty before the first unit. `grown` holds each network that was right, as it last was
    before pruning, and `idle` is how many rounds pruning has found no smaller one. `missed` holds
    the letters (sequences, ticks) of what to learn from.
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
    missed: npt.NDArray[np.int64]

    def dump(self) -> bytes:
        """Return the stage as the bytes of a .npz file, which `load_stage` reads back."""
        values = asdict(self)
        for name in ("pool", "grown"):
            values |= {f"{name}.{key}": array for key, array in values.pop(name).items()}
        file = io.BytesIO()
        np.savez_compressed(file, **values)
        return file.getvalue()


def load_stage(data: bytes) -> Stage:
    """Return what `Stage.dump` wrote; raises ValueError, KeyError or OSError for anything else."""
    with np.load(io.BytesIO(data), allow_pickle=False) as file:
        pool, grown = (
            Pool(*(file[f"{name}.{field.name}"] for field in fields(Pool)))
            for name in ("pool", "grown")
        )
        return Stage(
            phase=str(file["phase"]),
            units=int(file["units"]),
            idle=int(file["idle"]),
            steps=int(file["steps"]),
            resets=int(file["resets"]),
            solved=int(file["solved"]),
            powers=file["powers"],
            pool=pool,
            grown=grown,
            missed=file["missed"],
        )
