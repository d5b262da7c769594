"""The tensors of one training run: steps, schedules, judging."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from tinygrad import Device, Tensor, TinyJit
from tinygrad.nn.optim import Adam

from bonsai_compiler.growth.batches import Batches, Pace
from bonsai_compiler.growth.choice import Choice
from bonsai_compiler.growth.engine import Engine
from bonsai_compiler.growth.pool import Figures, Pool
from bonsai_compiler.growth.recipe import Drops, Recipe
from bonsai_compiler.growth.regulariser import sparsity
from bonsai_compiler.growth.report import Point, point_at
from bonsai_compiler.growth.sampling import Examples, Lessons, draw_sequences
from bonsai_compiler.growth.shape import Shape, regular_share
from bonsai_compiler.machine import Machine

Schedule = Callable[[int], Pace]

# Steps in one call of the recorded graph: fewer calls, less Python between kernels.
STEPS_A_CALL = 5
# Steps whose sequences are drawn at once.
STEPS_A_DRAW = 100
# Sequences that judge the replicas, and how many times longer they are than the training ones.
JUDGED_BATCH = 256
JUDGED_LENGTH = 3


class Trainer:
    """The tensors of one run: `train` takes a pool some steps on."""

    def __init__(
        self,
        choice: Choice,
        shape: Shape,
        source: Machine | Examples,
        recipe: Recipe,
        seed: int,
        chance: Mapping[str, float],
        lessons: Lessons = (),
    ) -> None:
        self.recipe = recipe
        self.device = choice.device
        self.draw = Batches(source, recipe, shape.starts > 1, chance, lessons).draw
        self.engine = make_engine(choice, shape)
        empty = np.zeros((recipe.replicas, shape.parameters), np.float32)
        self.parameters = self.tensor(empty).is_param_()
        self.masks = self.tensor(np.ones_like(empty))
        self.share = self.tensor(regular_share(shape))
        self.intensity = self.tensor(np.array([recipe.intensity], np.float32))
        self.optimizer = Adam([self.parameters], lr=recipe.learning_rate)
        # Made here, not on the device: each of tinygrad's own would be one more kernel to compile.
        self.optimizer.lr = self.tensor(np.array([recipe.learning_rate], np.float32))
        self.powers = tuple(self.tensor(np.ones(1, np.float32)).is_param_(False) for _ in range(2))
        self.optimizer.b1_t, self.optimizer.b2_t = self.powers
        self.optimizer.m, self.optimizer.v = [self.tensor(empty)], [self.tensor(empty)]
        counts = (recipe.steps, recipe.round_steps, recipe.pruning_steps)
        self.unrolled = STEPS_A_CALL if all(n % STEPS_A_CALL == 0 for n in counts) else 1
        self.tape = [
            tuple(self.tensor(part[0]) for part in self.draw(np.random.default_rng(0), 1, Pace()))
            for _ in range(self.unrolled)
        ]
        self.call = TinyJit(self._steps)
        self.curve: list[Point] = []
        length = JUDGED_LENGTH * recipe.ticks
        if isinstance(source, Machine) and source.horizon is not None:
            length = source.horizon
        judge = np.random.default_rng([seed, 2])
        x, y = draw_sequences(source, judge, JUDGED_BATCH, length, chance, lessons)
        self.judged_x = self.tensor(np.ascontiguousarray(x.transpose(1, 2, 0))).permute(2, 0, 1)
        self.judged_y = y

    def tensor(self, values: npt.NDArray[Any]) -> Tensor:
        return Tensor(values, device=self.device).realize()

    def _steps(self) -> tuple[Tensor, Tensor]:
        for x, y, *places in self.tape:
            self.optimizer.zero_grad()
            weights = self.parameters * self.masks
            loss = self.engine.loss(weights, x.permute(2, 0, 1), y.permute(2, 0, 1), *places)
            extra = sparsity(weights, self.share, self.intensity, self.recipe)
            (loss + extra).sum().backward()
            figures = (loss, extra) if x is self.tape[-1][0] else ()  # the others' go unread
            Tensor.realize(*figures, *self.optimizer.schedule_step())
        return loss, extra

    def train(
        self,
        pool: Pool,
        powers: Figures,
        steps: int,
        schedule: Schedule,
        rng: np.random.Generator,
    ) -> tuple[Pool, Figures]:
        """Return the pool `steps` further on, judged, and the powers of Adam's decay rates.

        `curve` then has points on the way, every STEPS_A_DRAW steps.
        `schedule` gives the pace of each step; the pool must have as many rows as the recipe has
        replicas.
        """
        state = (self.parameters, self.optimizer.m[0], self.optimizer.v[0])
        write(self.masks, np.ascontiguousarray(pool.masks, np.float32))
        for tensor, rows in zip(state, (pool.parameters, pool.first, pool.second), strict=True):
            write(tensor, np.ascontiguousarray(rows, np.float32))
        for tensor, power in zip(self.powers, powers, strict=True):
            write(tensor, np.array([power], np.float32))
        curve: list[Point] = []
        for start in range(0, steps, STEPS_A_DRAW):
            count = min(STEPS_A_DRAW, steps - start)
            losses, regularisation = (
                read(part) for part in self.advance(start, count, schedule, rng)
            )
            curve.append(point_at(start + count, losses, regularisation))
        self.curve = curve[:-1]
        parameters, first, second = (read(tensor).astype(np.float32) for tensor in state)
        parameters *= pool.masks
        write(self.parameters, np.ascontiguousarray(parameters))
        trained = Pool(
            parameters,
            first * pool.masks,
            second,
            pool.masks,
            pool.origins,
            self.mistakes(),
            losses,
            regularisation,
        )
        return trained, np.concatenate([read(power) for power in self.powers])

    def advance(
        self,
        start: int,
        count: int,
        schedule: Schedule,
        rng: np.random.Generator,
    ) -> tuple[Tensor, Tensor]:
        """Take `count` steps, each on fresh sequences."""
        rolls = self.draw(rng, count, schedule(start))
        for place in range(0, count, self.unrolled):
            pace = schedule(start + place)
            write(self.optimizer.lr, np.array([pace.rate], np.float32))
            write(self.intensity, np.array([pace.intensity], np.float32))
            for index, tensors in enumerate(self.tape):
                for tensor, roll in zip(tensors, rolls, strict=True):
                    if roll.size:
                        write(tensor, roll[place + index])
            losses, regularisation = self.call()
        return losses, regularisation

    def mistakes(self) -> Figures:
        """Return (replicas,): the share of wrong signs; 1.0 for a replica that overflowed."""
        outputs = self.engine.outputs(self.parameters, self.judged_x)
        # Read in the order in which the kernel wrote: turning it round there takes a kernel more.
        outputs = read(outputs.permute(0, 2, 3, 1)).transpose(0, 3, 1, 2)
        asked = self.judged_y != 0
        wrong = ((outputs > 0) != (self.judged_y > 0)) & asked
        share = wrong.sum((1, 2, 3)) / max(1, asked.sum())
        finite = np.isfinite(outputs).all((1, 2, 3))
        return np.where(finite, share, 1.0)


def make_engine(choice: Choice, shape: Shape) -> Engine:
    """Return the engine that was chosen, for networks of one shape."""
    if choice.engine == "kernel":
        from bonsai_compiler.growth.kernel_engine import KernelEngine
        from bonsai_compiler.growth.launches import Launches

        assert choice.opencl is not None
        Device[choice.device].graph = Launches
        return KernelEngine(shape, choice.opencl)
    from bonsai_compiler.growth.tensor_engine import TensorEngine

    return TensorEngine(shape, choice.device)


def drop(drops: Drops, step: int, steps: int) -> float:
    """Return the product of the factors whose share of the steps has passed."""
    factor = 1.0
    for share, value in drops:
        if step >= share * steps:
            factor *= value
    return factor


def write(tensor: Tensor, values: npt.NDArray[Any]) -> None:
    """Put values into the tensor's own buffer, which a recorded graph goes on reading."""
    buffer = tensor.uop.base.buffer
    buffer.allocator._copyin(buffer.get_buf(buffer.device), values.data.cast("B"))


def read(tensor: Tensor) -> Figures:
    """Return the tensor's values once the device has come to them."""
    return np.asarray(tensor.numpy(), np.float64)
