"""Where growing stands, between two units of work: enough to go on from later."""

from __future__ import annotations

from dataclasses import astuple, dataclass, replace

import numpy as np
import numpy.typing as npt

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.growth.architecture import Architecture
from bonsai_compiler.growth.codes import Code
from bonsai_compiler.growth.descent import Learners
from bonsai_compiler.growth.log import Row
from bonsai_compiler.networks.network import Network
from bonsai_compiler.networks.network_file import dump_network, load_network
from bonsai_compiler.system.records import dump_record, load_record

KIND = "5"
"""Of stages: counted up when they come to hold something else, so that no old one is taken on."""

PHASES = "train", "prune", "done"


@dataclass(frozen=True, slots=True, eq=False)
class Specimen:
    """A network, the code of its states, and how wide the layer was that it grew with.

    Of its `weights` so many are `passing` a value on and no more. `mistakes` is the share of rows
    on which it is wrong.
    """

    network: Network
    code: Code
    factor: float
    hidden: int
    weights: int
    passing: int
    mistakes: float = 0.0


@dataclass(frozen=True, slots=True)
class Counts:
    """What was done: training steps, networks trained, those that learned, those that overflowed.

    `effort` is what that took, in multiply-adds, once the first networks had learned.
    """

    steps: int = 0
    trained: int = 0
    solved: int = 0
    resets: int = 0
    effort: float = 0.0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*map(sum, zip(astuple(self), astuple(other), strict=True)))


@dataclass(frozen=True, slots=True, eq=False)
class PopulationStage:
    """Where one population of a generation stands; its `place` tells it from the others.

    `phase` is train, prune or done, of which so many `units` of work are done; `idle` is how many
    rounds of pruning have found nothing smaller. `exact` marks the learners that were exact once,
    and these are `kept` as they were then; `mistakes` are shares of rows. Once it is done, its best
    networks are `found`, or else those that are wrong on the fewest rows, and the learners are
    gone. `history` has a row for each unit.
    """

    place: int
    architecture: Architecture
    learners: Learners
    exact: npt.NDArray[np.bool_]
    kept: npt.NDArray[np.float32]
    losses: npt.NDArray[np.float64]
    mistakes: npt.NDArray[np.float64]
    phase: str = "train"
    units: int = 0
    idle: int = 0
    counts: Counts = Counts()
    found: tuple[Specimen, ...] = ()
    history: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """Where a run stands: its generation, and the populations of that, by place, as far as begun.

    `hidden` is how wide the generation's layers are at most, and `fruitless` how many generations
    have found nothing smaller. `archive` has the best networks, the smallest first, `counts` and
    `history` what was done in the generations before. A run that is `over` keeps its last
    populations.
    """

    generation: int = 0
    hidden: int = 0
    fruitless: int = 0
    archive: tuple[Specimen, ...] = ()
    counts: Counts = Counts()
    history: tuple[Row, ...] = ()
    populations: tuple[PopulationStage, ...] = ()
    over: bool = False

    @property
    def phase(self) -> str:
        """Train, prune or done."""
        if self.over:
            return "done"
        pruned = any(population.phase != "train" for population in self.populations)
        return "prune" if pruned else "train"

    @property
    def total(self) -> Counts:
        """What was done until here."""
        return sum((population.counts for population in self.populations), self.counts)

    @property
    def rows(self) -> tuple[Row, ...]:
        """The log until here, all populations together, whichever of them came first.

        It has a row for each unit of those that took the most.
        """
        if self.over:
            return self.history
        begun = [population.history for population in self.populations if population.history]
        longest = max(map(len, begun), default=0)
        together = (
            self._together([history[min(unit, len(history) - 1)] for history in begun])
            for unit in range(longest)
        )
        return (*self.history, *together)

    def _together(self, rows: list[Row]) -> Row:
        """Return one row for those of several populations."""
        weights = [row.weights for row in rows if row.weights is not None]
        weights += [specimen.weights for specimen in self.archive[:1]]
        return Row(
            rung=1,
            phase="train" if any(row.phase == "train" for row in rows) else "prune",
            step=self.counts.steps + sum(row.step for row in rows),
            loss=min(row.loss for row in rows),
            median_loss=float(np.median([row.median_loss for row in rows])),
            regularisation=float(np.median([row.regularisation for row in rows])),
            mistakes=0.0 if self.archive else min(row.mistakes for row in rows),
            solved=self.counts.solved + sum(row.solved for row in rows),
            weights=min(weights, default=None),
        )

    def having(self, population: PopulationStage) -> Stage:
        """Return the stage with a population as it stands now."""
        others = [item for item in self.populations if item.place != population.place]
        ordered = sorted([*others, population], key=lambda item: item.place)
        return replace(self, populations=tuple(ordered))

    def dump(self) -> bytes:
        """Return the stage as the bytes of a .npz file, which `load_stage` reads back."""
        return dump_record(Kept(KIND, self), {Network: dump_network})


@dataclass(frozen=True, slots=True)
class Kept:
    """A stage in a file, and of which kind."""

    kind: str
    stage: Stage


def load_stage(data: bytes) -> Stage:
    """Return what `Stage.dump` wrote; raises one of `arrays.DAMAGE` for anything else."""
    kept = load_record(Kept, data, {Network: _network})
    stage = kept.stage
    found = [specimen for population in stage.populations for specimen in population.found]
    codes = [specimen.code for specimen in (*stage.archive, *found)]
    if kept.kind != KIND or any(code.ndim != 2 for code in codes):
        raise ValueError("of another kind")
    states = {code.shape[0] for code in codes}
    for population in stage.populations:
        learners, architecture = population.learners, population.architecture
        replicas = len(population.exact)
        learning = 0 if population.phase == "done" else replicas
        rows = learning, architecture.parameters
        states.add(learners.codes.shape[1])
        if population.phase not in PHASES or not (
            {item.shape for item in (population.losses, population.mistakes)} == {(replicas,)}
            and {item.shape for item in (learners.parameters, learners.masks)} == {rows}
            and {item.shape for item in (learners.first, learners.second)} == {rows}
            and population.kept.shape == rows
            and learners.codes.shape == (learning, learners.codes.shape[1], architecture.bits)
        ):
            raise ValueError("of another shape")
    if len(states) > 1:
        raise ValueError("of several machines")
    return stage


def _network(text: str) -> Network:
    try:
        return load_network(text, "the checkpoint")
    except BonsaiError as error:
        raise ValueError(str(error)) from None
