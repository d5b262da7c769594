"""Where growing stands, between two units of work: enough to go on from later."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.growth.architecture import Architecture
from bonsai_compiler.growth.codes import Code
from bonsai_compiler.growth.descent import Learners
from bonsai_compiler.ir.activation import Activation
from bonsai_compiler.networks.network import Network, dump_network
from bonsai_compiler.networks.network_file import load_network
from bonsai_compiler.system.arrays import dump_arrays, load_arrays

KIND = "table 1"
"""Of stages: counted up when they come to hold something else, so that no old one is taken on."""

PHASES = "train", "prune", "done"


@dataclass(frozen=True, slots=True, eq=False)
class Specimen:
    """An exact network, the code of its states, and how wide the layer was that it grew with."""

    network: Network
    code: Code
    factor: float
    hidden: int
    weights: int


@dataclass(frozen=True, slots=True, eq=False)
class TableStage:
    """Where a population stands.

    `phase` is train, prune or done; `generation`, and `units` of work done in its phase; `steps`
    counts the training steps of all; `idle` how many rounds of pruning have found nothing smaller,
    `fruitless` how many generations. `hidden` is the width to try next. `exact` marks
    the learners that were exact once, and these stand as they were then. `effort` is what was spent
    so far, in multiply-adds. `archive` has the best networks, the smallest first; `trained`,
    `solved` and `resets` count all networks, those that learned, and those that overflowed.
    """

    architecture: Architecture
    learners: Learners
    exact: npt.NDArray[np.bool_]
    kept: npt.NDArray[np.float32]
    losses: npt.NDArray[np.float64]
    mistakes: npt.NDArray[np.float64]
    archive: tuple[Specimen, ...] = ()
    phase: str = "train"
    generation: int = 0
    units: int = 0
    steps: int = 0
    idle: int = 0
    fruitless: int = 0
    hidden: int = 0
    effort: float = 0.0
    trained: int = 0
    solved: int = 0
    resets: int = 0

    def dump(self) -> bytes:
        """Return the stage as the bytes of a .npz file, which `load_table_stage` reads back."""
        learners = self.learners
        arrays: dict[str, Any] = {
            f"learners.{item.name}": getattr(learners, item.name) for item in fields(learners)
        }
        arrays |= {name: getattr(self, name) for name in ("exact", "kept", "losses", "mistakes")}
        shape, activation = self.architecture, self.architecture.activation
        text = {
            **{name: getattr(self, name) for name in (*_COUNTS, "phase", "effort")},
            "architecture": [shape.inputs, shape.bits, shape.hidden, shape.outputs],
            "activation": [activation.factor, activation.leak],
            "archive": [
                {
                    "network": dump_network(item.network),
                    "code": item.code.tolist(),
                    "factor": item.factor,
                    "hidden": item.hidden,
                    "weights": item.weights,
                }
                for item in self.archive
            ],
        }
        return dump_arrays({**arrays, "kind": KIND, "text": json.dumps(text)})


_COUNTS = (
    "generation",
    "units",
    "steps",
    "idle",
    "fruitless",
    "hidden",
    "trained",
    "solved",
    "resets",
)


def load_table_stage(data: bytes) -> TableStage:
    """Return what `TableStage.dump` wrote; raises one of `arrays.DAMAGE` for anything else."""
    file = load_arrays(data)
    if str(file["kind"]) != KIND:
        raise ValueError("of another kind")
    text = json.loads(str(file["text"]))
    if text["phase"] not in PHASES:
        raise ValueError("no phase")
    activation = Activation("ameo", *map(float, text["activation"]))
    inputs, bits, hidden, outputs = map(_number, text["architecture"])
    if hidden % 2:
        raise ValueError("an odd layer")
    architecture = Architecture(inputs, bits, hidden, outputs, activation)
    replicas = len(file["exact"])
    rows = (replicas, architecture.parameters)

    def taken(name: str, kind: type[np.generic], shape: tuple[int, ...]) -> npt.NDArray[Any]:
        value = file[name]
        if value.dtype != kind or value.shape != shape:
            raise ValueError("of another kind or shape")
        return value

    codes = file["learners.codes"]
    learners = Learners(
        taken("learners.parameters", np.float32, rows),
        taken("learners.masks", np.bool_, rows),
        taken("learners.first", np.float32, rows),
        taken("learners.second", np.float32, rows),
        taken("learners.codes", np.float32, (replicas, codes.shape[1], architecture.bits)),
        _number(int(file["learners.steps"])),
    )
    archive = tuple(
        Specimen(
            _network(item["network"]),
            np.array(item["code"], np.float32).reshape(codes.shape[1], -1),
            float(item["factor"]),
            _number(item["hidden"]),
            _number(item["weights"]),
        )
        for item in text["archive"]
    )
    return TableStage(
        architecture,
        learners,
        taken("exact", np.bool_, (replicas,)),
        taken("kept", np.float32, rows),
        taken("losses", np.float64, (replicas,)),
        taken("mistakes", np.float64, (replicas,)),
        archive,
        text["phase"],
        effort=float(text["effort"]),
        **{name: _number(text[name]) for name in _COUNTS},
    )


def _network(text: str) -> Network:
    try:
        return load_network(text, "the checkpoint")
    except BonsaiError as error:
        raise ValueError(str(error)) from None


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError("no whole number")
    return value
