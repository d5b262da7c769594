"""Networks in training as rows of arrays, and the stage of a run: enough to go on from later."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from bonsai_compiler.system.arrays import dump_arrays, load_arrays

Rows = npt.NDArray[np.float32]
Masks = npt.NDArray[np.bool_]
Figures = npt.NDArray[np.float64]

FORMAT = 4
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
class Midway:
    """Where networks in training stand in the middle of a unit of work.

    `steps` of it are done, `powers` are those of Adam's decay rates, `curve` (points, 4) has the
    figures so far, and `randomness` is the state of the generator that what is left draws from.
    """

    steps: int
    parameters: Rows
    first: Rows
    second: Rows
    powers: Figures
    curve: Figures
    randomness: dict[str, Any]


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
        values = asdict(self)
        for name in (*POOLS, "midway"):
            part = values.pop(name) or {}
            values |= {f"{name}.{key}": value for key, value in part.items()}
        if self.midway:
            values["midway.randomness"] = json.dumps(self.midway.randomness)
        return dump_arrays(values)


POOLS = "pool", "grown", "earlier"
PHASES = "sow", "train", "prune", "done"
_KINDS: dict[str, Any] = {
    "parameters": np.float32,
    "first": np.float32,
    "second": np.float32,
    "masks": np.bool_,
    "origins": np.int64,
}
"""Of the parts of a pool; the others are Figures."""


def load_stage(data: bytes) -> Stage:
    """Return what `Stage.dump` wrote; raises one of `arrays.DAMAGE` for anything else."""
    file = load_arrays(data)
    phase = str(file["phase"])
    if phase not in PHASES:
        raise ValueError("no stage")
    pool, grown, earlier = (_pool(name, file) for name in POOLS)
    return Stage(
        phase=phase,
        units=_number(file["units"]),
        idle=_number(file["idle"]),
        steps=_number(file["steps"]),
        resets=_number(file["resets"]),
        solved=_number(file["solved"]),
        powers=_expect(file["powers"], np.float64, (2,)),
        pool=pool,
        grown=grown,
        earlier=earlier,
        midway=_midway(file) if "midway.steps" in file else None,
    )


def _pool(name: str, file: dict[str, npt.NDArray[Any]]) -> Pool:
    rows, columns = file[f"{name}.parameters"].shape
    parts = []
    for item in fields(Pool):
        part = file[f"{name}.{item.name}"]
        shape = (rows, columns) if part.ndim == 2 else (rows,)
        parts.append(_expect(part, _KINDS.get(item.name, np.float64), shape))
    return Pool(*parts)


def _midway(file: dict[str, npt.NDArray[Any]]) -> Midway:
    rows, columns = file["midway.parameters"].shape
    parameters, first, second = (
        _expect(file[f"midway.{name}"], np.float32, (rows, columns))
        for name in ("parameters", "first", "second")
    )
    curve = file["midway.curve"]
    return Midway(
        steps=_number(file["midway.steps"]),
        parameters=parameters,
        first=first,
        second=second,
        powers=_expect(file["midway.powers"], np.float64, (2,)),
        curve=_expect(curve, np.float64, (len(curve), 4)),
        randomness=json.loads(str(file["midway.randomness"])),
    )


def _number(value: npt.NDArray[Any]) -> int:
    if value.shape or value.dtype.kind != "i" or value < 0:
        raise ValueError("no whole number")
    return int(value)


def _expect(value: npt.NDArray[Any], kind: Any, shape: tuple[int, ...]) -> npt.NDArray[Any]:
    if value.dtype != kind or value.shape != shape:
        raise ValueError("of another kind or shape")
    return value
