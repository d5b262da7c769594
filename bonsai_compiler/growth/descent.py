"""Steps of gradient descent on a table, by an OpenCL kernel or by tinygrad's tensors.

The loss of a network is the mean over the rows of a step of the squared errors of its outputs that
count, and of what its next state misses the code by. Both engines take the same steps of Adam; the
tensors say what the kernel has to do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from bonsai_compiler.devices.opencl import tell_tinygrad
from bonsai_compiler.growth.architecture import Architecture, Masks, Population
from bonsai_compiler.growth.evaluation import Codes
from bonsai_compiler.growth.table import Table

Array = TypeVar("Array")
Other = TypeVar("Other")

DECAYS = (0.9, 0.999)
"""How much of its moments Adam keeps at each step."""

SMALLEST = 1e-8
"""What Adam adds to what it divides by."""


@dataclass(frozen=True, eq=False)
class Learners:
    """Networks in training: (replicas, parameters) each, and the steps that they have taken.

    `first` and `second` are Adam's moments. A parameter whose mask is False is 0 and stays so.
    """

    parameters: Population
    masks: Masks
    first: Population
    second: Population
    codes: Codes
    steps: int = 0

    def __len__(self) -> int:
        return len(self.parameters)

    def take(self, rows: npt.NDArray[Any]) -> Learners:
        """Return some of the networks, in the order of `rows`."""
        return Learners(
            self.parameters[rows],
            self.masks[rows],
            self.first[rows],
            self.second[rows],
            self.codes[rows],
            self.steps,
        )


def learners_of(parameters: Population, masks: Masks, codes: Codes) -> Learners:
    """Return networks that have taken no step."""
    nothing = np.zeros_like(parameters)
    return Learners(parameters * masks, masks, nothing, nothing.copy(), codes)


@dataclass(frozen=True, slots=True)
class Pace:
    """How steps are taken: the learning rate, and the pull of L1."""

    rate: float = 0.01
    pull: float = 0.0


class Descent(Protocol):
    """Takes learners down the slopes of their errors."""

    device: str

    def descend(
        self,
        architecture: Architecture,
        learners: Learners,
        table: Table,
        order: npt.NDArray[np.int32],
        pace: Pace,
    ) -> tuple[Learners, npt.NDArray[np.float32]]:
        """Return the learners after some steps, and their losses (replicas,) on the last one.

        `order` is (steps, batch): the rows of each step.
        """


def ordered(
    table: Table, steps: int, batch: int, rng: np.random.Generator
) -> npt.NDArray[np.int32]:
    """Return (steps, batch): the rows of each step, all of them or as many as are taken at once.

    Each row comes once before any comes again.
    """
    rows = len(table)
    if rows <= batch:
        return np.broadcast_to(np.arange(rows, dtype=np.int32), (steps, rows))
    rounds = -(-steps * batch // rows)
    drawn = np.concatenate([rng.permutation(rows) for _ in range(rounds)])
    return drawn[: steps * batch].reshape(steps, batch).astype(np.int32)


@dataclass(frozen=True, eq=False)
class Lesson(Generic[Array]):
    """Some rows as networks read them: (replicas, rows, reads), and what they ask for.

    `wanted` is (replicas, rows, columns), `counts` (rows, columns), 0 where anything will do.
    """

    given: Array
    wanted: Array
    counts: Array

    def of(self, kind: Callable[[Array], Other]) -> Lesson[Other]:
        """Return it with arrays of another kind."""
        return Lesson(kind(self.given), kind(self.wanted), kind(self.counts))


def lesson_of(
    architecture: Architecture, codes: Codes, table: Table, rows: npt.NDArray[np.int32]
) -> Lesson[npt.NDArray[np.float32]]:
    """Return what some rows of a table ask of networks with these codes."""
    replicas, batch, after = len(codes), len(rows), table.after[rows]
    given = np.zeros((replicas, batch, architecture.reads), np.float32)
    given[:, :, 0] = 1.0
    given[:, :, 1 : 1 + architecture.inputs] = table.x[rows]
    given[:, :, architecture.state_rows] = codes[:, table.before[rows]]
    outputs = np.broadcast_to(table.y[rows], (replicas, batch, architecture.outputs))
    known = np.broadcast_to((after >= 0)[:, None], (batch, architecture.bits))
    return Lesson(
        given,
        np.concatenate([codes[:, after], outputs], axis=2),
        np.concatenate([known, table.y[rows] != 0], axis=1).astype(np.float32),
    )


class TensorDescent:
    """The plain way: tinygrad's tensors, its differentiation, and Adam written out."""

    def __init__(self, device: str) -> None:
        tell_tinygrad()
        self.device = device

    def descend(
        self,
        architecture: Architecture,
        learners: Learners,
        table: Table,
        order: npt.NDArray[np.int32],
        pace: Pace,
    ) -> tuple[Learners, npt.NDArray[np.float32]]:
        """Return the learners after some steps, as `Descent.descend` says."""
        from tinygrad.helpers import Context

        # No pool of compiling processes: started for small kernels, it takes longer than they do.
        with Context(DEV=self.device.split(":")[0], PARALLEL=0):
            return self.descended(architecture, learners, table, order, pace)

    def descended(
        self,
        architecture: Architecture,
        learners: Learners,
        table: Table,
        order: npt.NDArray[np.int32],
        pace: Pace,
    ) -> tuple[Learners, npt.NDArray[np.float32]]:
        """Return the same, in surroundings of tinygrad's that suit it."""
        from tinygrad import Tensor

        def tensor(values: npt.NDArray[Any]) -> Tensor:
            return Tensor(np.array(values), device=self.device)

        parameters, first, second = learners.parameters, learners.first, learners.second
        losses = np.zeros(len(learners), np.float32)
        for step, rows in enumerate(order, learners.steps + 1):
            weights = tensor(parameters).is_param_()
            lesson = lesson_of(architecture, learners.codes, table, rows).of(tensor)
            loss = self.loss(architecture, weights, lesson)
            loss.sum().backward()
            gradient = weights.grad.numpy()
            slope = learners.masks * (gradient + pace.pull * np.where(parameters < 0, -1.0, 1.0))
            first = DECAYS[0] * first + (1 - DECAYS[0]) * slope
            second = DECAYS[1] * second + (1 - DECAYS[1]) * slope * slope
            rate = pace.rate / (1 - DECAYS[0] ** step)
            spread = np.sqrt(second / (1 - DECAYS[1] ** step)) + SMALLEST
            parameters = (parameters - rate * first / spread).astype(np.float32)
            losses = loss.numpy()
        moved = replace(
            learners,
            parameters=parameters,
            first=first.astype(np.float32),
            second=second.astype(np.float32),
            steps=learners.steps + len(order),
        )
        return moved, losses

    def loss(self, architecture: Architecture, parameters: Any, lesson: Lesson[Any]) -> Any:
        """Return a tensor (replicas,) of the losses on a lesson of tensors."""
        from bonsai_compiler.devices.tensors import activate

        replicas, reads, hidden = len(parameters), architecture.reads, architecture.hidden
        read = lesson.given
        last = parameters[:, architecture.split :].reshape(
            replicas, architecture.rows, architecture.columns
        )
        if hidden:
            first = parameters[:, : architecture.split].reshape(replicas, reads, hidden)
            read = read.cat(activate(architecture.activation, read.matmul(first)), dim=2)
        found = activate(architecture.activation, read.matmul(last))
        missed = (found - lesson.wanted) * lesson.counts
        return (missed * missed).sum(2).mean(1)
