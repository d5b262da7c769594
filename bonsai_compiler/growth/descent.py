"""Steps of gradient descent on a table, by an OpenCL kernel or by tinygrad's tensors.

The loss of a network is the mean over the rows of a step of the squared errors of its outputs that
count, and of what its next state misses the code by. Both engines take the same steps of Adam; the
tensors say what the kernel has to do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from bonsai_compiler.devices.opencl import tell_tinygrad
from bonsai_compiler.growth.architecture import Architecture, Masks, Population
from bonsai_compiler.growth.evaluation import Codes
from bonsai_compiler.growth.recipe import Pace
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

        `order` is (steps, batch): the runs of each step.
        """


@dataclass(frozen=True, eq=False)
class Lesson(Generic[Array]):
    """Some runs as networks read them, and what they ask for.

    `given` is (ticks, replicas, runs, 1 + inputs), with ones for the bias, `begin` (replicas,
    runs, bits), the state before the first tick; `wanted` is (replicas, runs, bits), the state
    after the last, and `known` (runs, 1), 0 where any will do; `outputs` (ticks, runs, outputs),
    and `counts` likewise, 0 where anything will do.
    """

    given: Array
    begin: Array
    wanted: Array
    known: Array
    outputs: Array
    counts: Array

    def of(self, kind: Callable[[Array], Other]) -> Lesson[Other]:
        """Return it with arrays of another kind."""
        return Lesson(*(kind(getattr(self, field.name)) for field in fields(self)))


def lesson_of(
    architecture: Architecture, codes: Codes, table: Table, runs: npt.NDArray[np.int32]
) -> Lesson[npt.NDArray[np.float32]]:
    """Return what some runs of a table ask of networks with these codes."""
    rows = np.arange(table.ticks)[:, None] + runs * table.ticks
    after = table.after[rows[-1]]
    given = np.ones((table.ticks, len(codes), len(runs), 1 + architecture.inputs), np.float32)
    given[..., 1:] = table.x[rows][:, None]
    outputs = table.y[rows]
    return Lesson(
        given,
        codes[:, table.before[rows[0]]],
        codes[:, after],
        (after >= 0)[:, None].astype(np.float32),
        outputs,
        (outputs != 0).astype(np.float32),
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
        from tinygrad import Tensor
        from tinygrad.helpers import Context

        def tensor(values: npt.NDArray[Any]) -> Tensor:
            return Tensor(np.array(values), device=self.device)

        parameters, first, second = learners.parameters, learners.first, learners.second
        losses = np.zeros(len(learners), np.float32)
        for step, rows in enumerate(order, learners.steps + 1):
            # No pool of compiling processes: started for small kernels, it takes longer than they.
            with Context(DEV=self.device.split(":")[0], PARALLEL=0):
                weights = tensor(parameters).is_param_()
                lesson = lesson_of(architecture, learners.codes, table, rows).of(tensor)
                loss = self.loss(architecture, weights, lesson)
                loss.sum().backward()
                gradient, losses = weights.grad.numpy(), loss.numpy()
            slope = learners.masks * (gradient + self.pulled(architecture, parameters, pace))
            first = DECAYS[0] * first + (1 - DECAYS[0]) * slope
            second = DECAYS[1] * second + (1 - DECAYS[1]) * slope * slope
            rate = pace.rate / (1 - DECAYS[0] ** step)
            spread = np.sqrt(second / (1 - DECAYS[1] ** step)) + SMALLEST
            parameters = (parameters - rate * first / spread).astype(np.float32)
        moved = replace(
            learners,
            parameters=parameters,
            first=first.astype(np.float32),
            second=second.astype(np.float32),
            steps=learners.steps + len(order),
        )
        return moved, losses

    def pulled(
        self, architecture: Architecture, parameters: Population, pace: Pace
    ) -> npt.NDArray[np.float32]:
        """Return what pulls add to the gradient of parameters."""
        intensity, threshold, steepness = pace.step
        beyond = np.tanh((np.abs(parameters) - threshold) * steepness)
        steps = intensity * steepness * (1.0 - beyond * beyond) * architecture.weights()
        signs = np.where(parameters < 0, -1.0, 1.0)
        return np.asarray(signs * (pace.pull + steps), np.float32)

    def loss(self, architecture: Architecture, parameters: Any, lesson: Lesson[Any]) -> Any:
        """Return a tensor (replicas,) of the losses on a lesson of tensors."""
        from bonsai_compiler.devices.tensors import activate

        replicas, reads, hidden = len(parameters), architecture.reads, architecture.hidden
        last = parameters[:, architecture.split :].reshape(
            replicas, architecture.rows, architecture.columns
        )
        first = parameters[:, : architecture.split].reshape(replicas, reads, hidden)
        bits, state, total = architecture.bits, lesson.begin, 0.0
        used = architecture.state_rows.stop
        last = last[:, :used].cat(last[:, reads:], dim=1)
        for given, outputs, counts in zip(lesson.given, lesson.outputs, lesson.counts, strict=True):
            read = given.cat(state, dim=2)
            if hidden:
                below = read.matmul(first[:, :used])
                read = read.cat(activate(architecture.activation, below), dim=2)
            found = activate(architecture.activation, read.matmul(last))
            missed = (found[:, :, bits:] - outputs) * counts
            total = total + (missed * missed).sum(2).mean(1)
            state = found[:, :, :bits]
        missed = (state - lesson.wanted) * lesson.known
        return (total + (missed * missed).sum(2).mean(1)) / len(lesson.given)
