"""The tensors of one training run: rounds of replicas, steps, schedules, judging."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from tinygrad import Device, Tensor, TinyJit
from tinygrad.nn.optim import Adam

from bonsai_compiler.growth.choice import Choice
from bonsai_compiler.growth.engine import Engine
from bonsai_compiler.growth.recipe import Drops, Recipe
from bonsai_compiler.growth.regulariser import sparsity
from bonsai_compiler.growth.report import Progress
from bonsai_compiler.growth.sampling import Examples, draw_sequences
from bonsai_compiler.growth.shape import Shape, initial_population, regular_share
from bonsai_compiler.machine import Machine

Figures = npt.NDArray[np.float64]

# Steps in one call of the recorded graph: fewer calls, less Python between kernels.
STEPS_A_CALL = 5
# Sequences that judge the replicas, and how many times longer they are than the training ones.
JUDGED_BATCH = 256
JUDGED_LENGTH = 3


class Trainer:
    """The tensors of one run; `advance` takes steps, the rest reads what they came to."""

    def __init__(
        self,
        choice: Choice,
        shape: Shape,
        source: Machine | Examples,
        recipe: Recipe,
        seed: int,
        chance: Mapping[str, float],
    ) -> None:
        self.source, self.recipe, self.chance, self.shape = source, recipe, chance, shape
        self.device = choice.device
        self.engine = make_engine(choice, shape)
        self.rng = np.random.default_rng([seed, 1])
        self.seed = seed
        empty = np.zeros((recipe.replicas, shape.parameters), np.float32)
        self.parameters = self.tensor(empty).is_param_()
        self.share = self.tensor(regular_share(shape))
        self.intensity = self.tensor(np.array([recipe.intensity], np.float32))
        self.optimizer = Adam([self.parameters], lr=recipe.learning_rate)
        # Made here, not on the device: each of tinygrad's own would be one more kernel to compile.
        self.optimizer.lr = self.tensor(np.array([recipe.learning_rate], np.float32))
        self.optimizer.b1_t, self.optimizer.b2_t = (
            self.tensor(np.ones(1, np.float32)).is_param_(False) for _ in range(2)
        )
        self.optimizer.m, self.optimizer.v = [self.tensor(empty)], [self.tensor(empty)]
        self.kept: tuple[Figures, ...] = ()
        self.step = 0
        whole = recipe.steps % STEPS_A_CALL == 0 and recipe.round_steps % STEPS_A_CALL == 0
        self.unrolled = STEPS_A_CALL if whole else 1
        widths = (shape.inputs, shape.outputs)
        self.tape = [
            tuple(
                self.tensor(np.zeros((recipe.ticks, width, recipe.batch), np.float32))
                for width in widths
            )
            for _ in range(self.unrolled)
        ]
        self.call = TinyJit(self._steps)
        self.losses = self.regularisation = np.full(recipe.replicas, np.inf)
        length = JUDGED_LENGTH * recipe.ticks
        if isinstance(source, Machine) and source.horizon is not None:
            length = source.horizon
        judge = np.random.default_rng([seed, 2])
        x, y = draw_sequences(source, judge, JUDGED_BATCH, length, chance)
        self.judged_x = self.tensor(np.ascontiguousarray(x.transpose(1, 2, 0))).permute(2, 0, 1)
        self.judged_y = y

    def tensor(self, values: npt.NDArray[np.float32]) -> Tensor:
        return Tensor(values, device=self.device).realize()

    def _steps(self) -> tuple[Tensor, Tensor]:
        for x, y in self.tape:
            self.optimizer.zero_grad()
            loss = self.engine.loss(self.parameters, x.permute(2, 0, 1), y.permute(2, 0, 1))
            extra = sparsity(self.parameters, self.share, self.intensity, self.recipe)
            (loss + extra).sum().backward()
            figures = (loss, extra) if x is self.tape[-1][0] else ()  # the others' go unread
            Tensor.realize(*figures, *self.optimizer.schedule_step())
        return loss, extra

    def sow(self, number: int) -> None:
        """Start anew with fresh replicas; the same number gives the same ones."""
        rng = np.random.default_rng([self.seed, 0, number])
        population = initial_population(self.shape, self.recipe.replicas, rng)
        self.load(population, np.zeros_like(population), np.zeros_like(population))
        for power in (self.optimizer.b1_t, self.optimizer.b2_t):
            write(power, np.ones(1, np.float32))
        self.step = 0

    def load(self, *state: npt.NDArray[np.floating[Any]]) -> None:
        """Go on from these parameters and moments of theirs, each (replicas, parameters)."""
        for tensor, values in zip(self.state(), state, strict=True):
            write(tensor, np.ascontiguousarray(values, np.float32))

    def state(self) -> tuple[Tensor, Tensor, Tensor]:
        return self.parameters, self.optimizer.m[0], self.optimizer.v[0]

    def thin(self) -> int:
        """Go on with the best replicas of this round and of those before; return how many solve."""
        state = [read(tensor) for tensor in self.state()]
        found = (self.mistakes(), self.losses, self.regularisation, *state)
        if self.kept:
            found = tuple(np.concatenate(pair) for pair in zip(self.kept, found, strict=True))
        order = np.lexsort((np.nan_to_num(found[1], nan=np.inf), found[0]))
        self.kept = tuple(values[order[: self.recipe.replicas]] for values in found)
        mistakes, self.losses, self.regularisation, *state = self.kept
        self.load(*state)
        return int((mistakes == 0).sum())

    def progress(self, step: int, steps: int, seconds: float) -> Progress:
        """Return where the run stands; `step` and `steps` count those of all rounds."""
        return Progress(
            step=step,
            steps=steps,
            best_loss=float(np.nanmin(self.losses, initial=np.inf)),
            median_loss=float(np.median(self.losses)),
            regularisation=float(np.median(self.regularisation)),
            solved=int((self.mistakes() == 0).sum()),
            replicas=self.recipe.replicas,
            seconds=seconds,
        )

    def advance(self, until: int) -> None:
        """Take steps up to number `until`, at least one, each on fresh sequences."""
        recipe = self.recipe
        count = until - self.step
        sequences = count * recipe.batch
        x, y = draw_sequences(self.source, self.rng, sequences, recipe.ticks, self.chance)
        rolls = [
            np.ascontiguousarray(
                part.reshape(count, recipe.batch, recipe.ticks, -1).transpose(0, 2, 3, 1)
            )
            for part in (x, y)
        ]
        for start in range(0, count, self.unrolled):
            rate = recipe.learning_rate * drop(recipe.rate_drops, self.step, recipe.steps)
            intensity = recipe.intensity * drop(recipe.intensity_drops, self.step, recipe.steps)
            write(self.optimizer.lr, np.array([rate], np.float32))
            write(self.intensity, np.array([intensity], np.float32))
            for index, pair in enumerate(self.tape):
                for tensor, roll in zip(pair, rolls, strict=True):
                    if roll.size:
                        write(tensor, roll[start + index])
            losses, regularisation = self.call()
            self.step += self.unrolled
        self.losses, self.regularisation = read(losses), read(regularisation)

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


def write(tensor: Tensor, values: npt.NDArray[np.float32]) -> None:
    """Put values into the tensor's own buffer, which a recorded graph goes on reading."""
    buffer = tensor.uop.base.buffer
    buffer.allocator._copyin(buffer.get_buf(buffer.device), values.data.cast("B"))


def read(tensor: Tensor) -> Figures:
    """Return the tensor's values once the device has come to them."""
    return np.asarray(tensor.numpy(), np.float64)
