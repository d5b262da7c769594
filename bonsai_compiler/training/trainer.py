"""The tensors of one training run: steps, schedules, judging."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import astuple
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from tinygrad import Device, Tensor, TinyJit

from bonsai_compiler.devices.choice import Choice
from bonsai_compiler.devices.tensors import on_device, read, write
from bonsai_compiler.growth.progress import Point
from bonsai_compiler.specification.machine import Machine
from bonsai_compiler.training.batches import Arrays, Batches, Pace
from bonsai_compiler.training.descent import DECAYS, Descent, Learners, TensorDescent, Traces
from bonsai_compiler.training.engine import Engine
from bonsai_compiler.training.judging import Missed, judging
from bonsai_compiler.training.pool import Figures, Midway, Pool
from bonsai_compiler.training.recipe import Drops, Recipe
from bonsai_compiler.training.report import point_at
from bonsai_compiler.training.sampling import Examples, Lessons
from bonsai_compiler.training.shape import Shape

Schedule = Callable[[int], Pace]

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
        lessons: Lessons = (),
    ) -> None:
        self.recipe = recipe
        self.device = choice.device
        self.batches = Batches(source, recipe, shape.starts > 1, chance, lessons)
        self.learners = Learners(recipe.replicas, shape.parameters, choice.device)
        counts = (recipe.steps, recipe.round_steps, recipe.pruning_steps)
        self.unrolled = STEPS_A_CALL if all(n % STEPS_A_CALL == 0 for n in counts) else 1
        first = self.batches.draw(np.random.default_rng(0), 1, Pace())
        self.tape = [tuple(self.tensor(part[0]) for part in first) for _ in range(self.unrolled)]
        self.engine, self.descent = make_engine(choice, shape, recipe, self.learners, self.unrolled)
        self.powers = np.ones(2)
        self.call = TinyJit(self._steps)
        self.curve: list[Point] = []
        oracle = np.random.default_rng([seed, 2])
        self.judges = judging(source, oracle, recipe.ticks, chance, lessons)

    def tensor(self, values: npt.NDArray[Any]) -> Tensor:
        return on_device(values, self.device)

    def _steps(self) -> Traces:
        for index, (x, y, *places) in enumerate(self.tape):
            traces = self.descent.step(index, x.permute(2, 0, 1), y.permute(2, 0, 1), *places)
        return traces

    def train(
        self,
        pool: Pool,
        powers: Figures,
        steps: int,
        schedule: Schedule,
        rng: np.random.Generator,
        missed: Missed,
        midway: Midway | None = None,
        pause: Pause | None = None,
    ) -> tuple[Pool, Figures, Missed]:
        """Return the pool `steps` further on, judged, and the powers of Adam's decay rates.

        What was `missed` before is learned from, and what is missed now comes back with it.
        `curve` then has points on the way, every STEPS_A_DRAW steps.
        `schedule` gives the pace of each step; the pool must have as many rows as the recipe has
        replicas. It goes on from `midway`, if given; `pause` is told every STEPS_A_DRAW steps.
        """
        learners = self.learners
        state = (learners.parameters, learners.first, learners.second)
        write(learners.masks, np.ascontiguousarray(pool.masks, np.float32))
        rows = (pool.parameters * pool.masks, pool.first * pool.masks, pool.second)
        begun = 0
        if midway is not None:
            rows = (midway.parameters, midway.first, midway.second)
            powers, begun = midway.powers, midway.steps
            rng.bit_generator.state = midway.randomness
        for tensor, values in zip(state, rows, strict=True):
            write(tensor, np.ascontiguousarray(values, np.float32))
        self.powers = powers
        batches = self.batches.with_lessons(tuple(map(tuple, missed.tolist())))
        curve = (
            []
            if midway is None
            else [Point(int(row[0]), *map(float, row[1:])) for row in midway.curve]
        )
        for step, traces, randomness in self.advance(batches, begun, steps, schedule, rng):
            losses, regularisation = self.descent.figures(traces)
            curve.append(point_at(step, losses, regularisation))
            if pause is not None and step < steps:
                figures = np.array([astuple(point) for point in curve])
                parameters, first, second = (read(tensor).astype(np.float32) for tensor in state)
                powers = self.powers
                pause(Midway(False, step, parameters, first, second, powers, figures, randomness))
        self.curve = curve[:-1]
        parameters, first, second = (read(tensor).astype(np.float32) for tensor in state)
        mistakes, missed = self.judges(missed, rng).judged(self.outputs, missed, rng)
        trained = Pool(
            parameters,
            first,
            second,
            pool.masks,
            pool.origins,
            mistakes,
            losses,
            regularisation,
        )
        return trained, self.powers, missed

    def advance(
        self, batches: Batches, begun: int, steps: int, schedule: Schedule, rng: np.random.Generator
    ) -> Iterator[tuple[int, Traces, dict[str, Any]]]:
        """Take the steps from `begun` on; yield how many are done, every STEPS_A_DRAW.

        With them come traces, and the randomness that what follows draws from. Sequences are drawn
        while the device learns from those before.
        """
        starts = [*range(begun, steps, STEPS_A_DRAW), steps]

        def rolled(start: int, end: int) -> tuple[Arrays, dict[str, Any]]:
            rolls = batches.draw(rng, end - start, schedule(start))
            return rolls, dict(rng.bit_generator.state)

        with ThreadPoolExecutor(1) as drawer:

            def draw(start: int, end: int) -> Future[tuple[Arrays, dict[str, Any]]]:
                return drawer.submit(rolled, start, end)

            drawn = draw(*starts[:2])
            for start, end in pairwise(starts):
                rolls, randomness = drawn.result()
                if end < steps:
                    drawn = draw(end, min(end + STEPS_A_DRAW, steps))
                yield end, self._descended(rolls, start, end, schedule), randomness

    def _descended(self, rolls: Arrays, start: int, end: int, schedule: Schedule) -> Traces:
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
        from bonsai_compiler.training.kernel_descent import KernelDescent
        from bonsai_compiler.training.kernel_engine import KernelEngine

        assert choice.opencl is not None
        Device[choice.device].graph = Launches
        kernels = KernelEngine(shape, choice.opencl)
        return kernels, KernelDescent(kernels, recipe, learners, steps)
    from bonsai_compiler.training.tensor_engine import TensorEngine

    tensors = TensorEngine(shape, choice.device)
    return tensors, TensorDescent(tensors, recipe, learners)


def drop(drops: Drops, step: int, steps: int) -> float:
    """Return the product of the factors whose share of the steps has passed."""
    factor = 1.0
    for share, value in drops:
        if step >= share * steps:
            factor *= value
    return factor
