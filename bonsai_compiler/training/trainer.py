"""The tensors of one training run: steps, schedules, evaluation."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from tinygrad import Device, Tensor, TinyJit

from bonsai_compiler.devices.choice import Choice
from bonsai_compiler.devices.tensors import on_device, read, write
from bonsai_compiler.specification.machine import Machine
from bonsai_compiler.training.descent import DECAYS, Descent, Engine, Learners, Traces
from bonsai_compiler.training.pool import Figures, Midway, Pool
from bonsai_compiler.training.recipe import Drops, Recipe
from bonsai_compiler.training.sampling import Examples, Sequences, draw_sequences, evaluations
from bonsai_compiler.training.shape import Shape


class Pace(NamedTuple):
    """How a step is taken: its learning rate, and the regulariser's intensity."""

    rate: float
    intensity: float


Schedule = Callable[[int], Pace]

Point = tuple[int, float, float, float]
"""The figures of a step: the best and the median loss, and the median regularisation."""

Pause = Callable[[Midway], None]
"""Is told now and then where training stands; what it raises ends the training."""

# Steps in one call of the recorded graph: fewer calls, less Python between kernels.
STEPS_A_CALL = 5
# Steps whose sequences are drawn at once.
STEPS_A_DRAW = 100


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
    ) -> None:
        self.source, self.recipe, self.chance = source, recipe, chance
        self.device = choice.device
        self.learners = Learners(recipe.replicas, shape.parameters, choice.device)
        counts = (recipe.steps, recipe.round_steps, recipe.pruning_steps)
        self.unrolled = STEPS_A_CALL if all(n % STEPS_A_CALL == 0 for n in counts) else 1
        first = self.draw(np.random.default_rng(0), 1)
        self.tape = [tuple(self.tensor(part[0]) for part in first) for _ in range(self.unrolled)]
        self.engine, self.descent = make_engine(choice, shape, recipe, self.learners, self.unrolled)
        self.powers = np.ones(2)
        self.call = TinyJit(self._steps)
        self.curve: list[Point] = []
        drawn = np.random.default_rng([seed, 2])
        self.evaluations = evaluations(source, drawn, recipe.ticks, chance)

    def tensor(self, values: npt.NDArray[Any]) -> Tensor:
        return on_device(values, self.device)

    def _steps(self) -> Traces:
        for index, (x, y) in enumerate(self.tape):
            traces = self.descent.step(index, x.permute(2, 0, 1), y.permute(2, 0, 1))
        return traces

    def draw(self, rng: np.random.Generator, count: int) -> Sequences:
        """Return the sequences of `count` steps, in the order in which kernels read them.

        x (count, ticks, inputs, batch), y (count, ticks, outputs, batch).
        """
        batch, ticks = self.recipe.batch, self.recipe.ticks
        drawn = draw_sequences(self.source, rng, count * batch, ticks, self.chance)
        x, y = (
            np.ascontiguousarray(part.reshape(count, batch, ticks, -1).transpose(0, 2, 3, 1))
            for part in drawn
        )
        return x, y

    def train(
        self,
        pool: Pool,
        powers: Figures,
        steps: int,
        schedule: Schedule,
        rng: np.random.Generator,
        midway: Midway | None = None,
        pause: Pause | None = None,
    ) -> tuple[Pool, Figures]:
        """Return the pool `steps` further on, judged, and the powers of Adam's decay rates.

        `curve` then has points on the way, every STEPS_A_DRAW steps. `schedule` gives the pace of
        each step; the pool must have as many rows as the recipe has replicas. It goes on from
        `midway`, if given; `pause` is told every STEPS_A_DRAW steps.
        """
        learners = self.learners
        state = (learners.parameters, learners.first, learners.second)
        write(learners.masks, np.ascontiguousarray(pool.masks, np.float32))
        rows = (pool.parameters * pool.masks, pool.first * pool.masks, pool.second)
        begun = 0
        if midway is not None:
            rows = (midway.parameters, midway.first, midway.second)
            powers, begun = midway.powers, midway.steps
            rng.bit_generator.state = json.loads(midway.randomness)
        for tensor, values in zip(state, rows, strict=True):
            write(tensor, np.ascontiguousarray(values, np.float32))
        self.powers = powers
        curve: list[Point] = (
            [] if midway is None else [(int(step), *row) for step, *row in midway.curve.tolist()]
        )
        for step, traces, randomness in self.advance(begun, steps, schedule, rng):
            losses, regularisation = self.descent.figures(traces)
            curve.append(point_at(step, losses, regularisation))
            if pause is not None and step < steps:
                figures = np.array(curve)
                parameters, first, second = (read(tensor).astype(np.float32) for tensor in state)
                powers = self.powers
                pause(Midway(step, parameters, first, second, powers, figures, randomness))
        self.curve = curve[:-1]
        parameters, first, second = (read(tensor).astype(np.float32) for tensor in state)
        mistakes = self.evaluations(rng).error_rates(self.outputs)
        weights = parameters, first, second, pool.masks
        return Pool(*weights, pool.origins, mistakes, losses, regularisation), self.powers

    def advance(
        self, begun: int, steps: int, schedule: Schedule, rng: np.random.Generator
    ) -> Iterator[tuple[int, Traces, str]]:
        """Take the steps from `begun` on; yield how many are done, every STEPS_A_DRAW.

        With them come traces, and the randomness that what follows draws from. Sequences are drawn
        while the device learns from those before.
        """
        starts = [*range(begun, steps, STEPS_A_DRAW), steps]

        def rolled(start: int, end: int) -> tuple[Sequences, str]:
            rolls = self.draw(rng, end - start)
            return rolls, json.dumps(rng.bit_generator.state)

        with ThreadPoolExecutor(1) as drawer:

            def draw(start: int, end: int) -> Future[tuple[Sequences, str]]:
                return drawer.submit(rolled, start, end)

            drawn = draw(*starts[:2])
            for start, end in pairwise(starts):
                rolls, randomness = drawn.result()
                if end < steps:
                    drawn = draw(end, min(end + STEPS_A_DRAW, steps))
                yield end, self._descended(rolls, start, end, schedule), randomness

    def _descended(self, rolls: Sequences, start: int, end: int, schedule: Schedule) -> Traces:
        """Return the traces of the last of the steps from `start` to `end`, which are taken."""
        for first in range(start, end, self.unrolled):
            pace = schedule(first)
            self.descent.pace(pace.rate, pace.intensity, self.powers)
            for index, tensors in enumerate(self.tape):
                for tensor, roll in zip(tensors, rolls, strict=True):
                    if roll.size:
                        write(tensor, roll[first - start + index])
            traces: Traces = self.call()
            self.powers = self.powers * np.power(DECAYS, self.unrolled)
        return traces

    def outputs(self, x: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return (replicas, batch, ticks, outputs) of the learners on x (batch, ticks, inputs)."""
        turned = self.tensor(np.ascontiguousarray(x.transpose(1, 2, 0))).permute(2, 0, 1)
        outputs = self.engine.outputs(self.learners.parameters, turned)
        # Read in the order in which the kernel wrote: turning it round there takes a kernel more.
        told: npt.NDArray[np.float32] = outputs.permute(0, 2, 3, 1).numpy()
        return told.transpose(0, 3, 1, 2)


def make_engine(
    choice: Choice, shape: Shape, recipe: Recipe, learners: Learners, steps: int
) -> tuple[Engine, Descent]:
    """Return the engine that was chosen, for networks of one shape, and its way of training them.

    `steps` is how many steps one call takes.
    """
    if choice.engine == "kernel":
        from bonsai_compiler.devices.launches import Launches
        from bonsai_compiler.training.kernel_engine import KernelDescent, KernelEngine

        assert choice.opencl is not None
        Device[choice.device].graph = Launches
        kernels = KernelEngine(shape, choice.opencl)
        return kernels, KernelDescent(kernels, recipe, learners, steps)
    from bonsai_compiler.training.tensor_engine import TensorDescent, TensorEngine

    tensors = TensorEngine(shape, choice.device)
    return tensors, TensorDescent(tensors, recipe, learners)


def drop(drops: Drops, step: int, steps: int) -> float:
    """Return the product of the factors whose share of the steps has passed."""
    factor = 1.0
    for share, value in drops:
        if step >= share * steps:
            factor *= value
    return factor


def point_at(step: int, losses: Figures, regularisation: Figures) -> Point:
    """Return the figures of a step, of all replicas whose numbers have not overflowed."""
    finite = losses[np.isfinite(losses)]
    return (
        step,
        float(finite.min(initial=np.inf)),
        float(np.median(finite)) if len(finite) else np.inf,
        float(np.median(regularisation)) if len(regularisation) else 0.0,
    )
