"""The units of work of one population: it is drawn, trained and pruned.

Each unit depends on the one before it and on nothing else, so that a population which was stopped
goes on to the same end, and so that it can be grown in any process, on any machine.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from bonsai_compiler.devices.choice import choose_engine
from bonsai_compiler.growth.archive import ARCHIVE, STATE, best, size, sizes
from bonsai_compiler.growth.conversion import network_of
from bonsai_compiler.growth.descent import Descent, TensorDescent, learners_of
from bonsai_compiler.growth.evaluation import are_exact, mistakes
from bonsai_compiler.growth.initialization import Initialization
from bonsai_compiler.growth.log import Row
from bonsai_compiler.growth.pruning import Lines, compacted, passing, proposed, tidied, weights
from bonsai_compiler.growth.recipe import Pace, Recipe
from bonsai_compiler.growth.stage import Counts, PopulationStage, Specimen, Stage
from bonsai_compiler.growth.table import Lessons

UNIT_STEPS = 250
"""How many training steps are taken before it is looked which networks are exact."""

UNIT_EFFORT = 3e9
"""About how many multiply-adds a unit of pruning takes at most."""

FAIR_UNITS, HOPELESS, HALVING = 4, 0.1, 2
"""After so many units a population that is wrong on such a share of rows is given up; the share
halves with so many units more. Those of unary codes train no longer."""

IDLE, EACH = 20, 1.5
"""Pruning ends when so many rounds have found nothing smaller, or so many for each weight left."""

CULLING = 20
"""After so many rounds the worst third of the lines gives way to the best."""

FAR, BESIDES = 1.5, 4
"""What is so many times as large as the best, and so many weights besides, gives way at once."""

BROAD = 8
"""On a table pruned networks of more hidden neurons learn more slowly, by the root of how many."""

NEAREST = 8
"""How many networks are kept of a population none of which is exact."""


@dataclass(frozen=True, eq=False)
class Work:
    """What a population grows for: a task, a recipe, and the generation as it stood before it.

    `engine` and `device` are what it is to run on.
    """

    initialization: Initialization
    generation: Stage
    engine: str
    device: str


def advanced(work: Work, population: PopulationStage | int, seconds: float) -> PopulationStage:
    """Return a population after so many seconds of work, one unit at least, or at its end.

    A number is of one that begins at this place. All is plain values, and what comes back depends
    on these alone, but for how far it came.
    """
    until = time.monotonic() + seconds
    units = Units(work.initialization, work.generation, descent_on(work.engine, work.device))
    if isinstance(population, int):
        population = work.initialization.drawn(work.generation, population)
    population = units.advance(population)
    while population.phase != "done" and time.monotonic() < until:
        population = units.advance(population)
    return population


@lru_cache(maxsize=1)
def descent_on(engine: str, device: str) -> Descent:
    """Return what takes the steps; its kernels are compiled once in a process."""
    choice = choose_engine(engine, device)
    if choice.engine == "tensor":
        return TensorDescent(choice.device)
    from bonsai_compiler.growth.kernel_descent import KernelDescent

    assert choice.opencl is not None
    return KernelDescent(choice.opencl)


@dataclass(frozen=True, eq=False)
class Units:
    """The units of the populations of one generation."""

    initialization: Initialization
    generation: Stage
    descent: Descent

    @property
    def lessons(self) -> Lessons:
        """What is learned."""
        return self.initialization.lessons

    @property
    def recipe(self) -> Recipe:
        """How it is learned."""
        return self.initialization.recipe

    def advance(self, population: PopulationStage) -> PopulationStage:
        """Return the population after one more unit of work, and with the row on it."""
        phase = population.phase
        population = (self.train if phase == "train" else self.prune)(population)
        losses = population.losses[np.isfinite(population.losses)]
        found = [specimen.weights for specimen in population.found if not specimen.mistakes]
        if population.phase == "prune":
            masks = population.learners.masks
            found.append(int(weights(population.architecture, masks).min()))
        row = Row(
            rung=1,
            phase=phase,
            step=population.counts.steps,
            loss=float(losses.min(initial=np.inf)),
            median_loss=float(np.median(losses)) if len(losses) else np.inf,
            regularisation=self.regularisation(population) if phase == "train" else 0.0,
            mistakes=float(population.mistakes.min()),
            solved=population.counts.solved,
            weights=min(found, default=None),
        )
        return replace(population, history=(*population.history, row))

    def train(self, population: PopulationStage) -> PopulationStage:
        """Train for some steps; turn to pruning once enough networks are exact."""
        recipe, architecture = self.recipe, population.architecture
        steps = min(UNIT_STEPS, recipe.steps - population.units * UNIT_STEPS)
        rng = self.rng(population)
        table, order = self.lessons.drawn(steps, recipe.batch, rng)
        unary = self.initialization.is_unary(self.generation)
        most = FAIR_UNITS * UNIT_STEPS if unary else recipe.steps
        pace = recipe.pace(population.units * UNIT_STEPS, int(architecture.weights().sum()))
        pace = Pace(recipe.pruning_rate) if unary else pace
        learners, losses = self.descent.descend(
            architecture, population.learners, table, order, pace
        )
        judging = self.lessons.judging(rng)
        wrong = mistakes(architecture, learners.parameters, learners.codes, judging)
        fresh = (wrong == 0) & ~population.exact
        exact = population.exact | fresh
        # What the first networks take to learn is not counted: none would be left to prune them.
        known = bool(self.generation.archive)
        effort = self.cost(population, steps, order.shape[1]) if known else 0.0
        population = replace(
            population,
            learners=learners,
            exact=exact,
            kept=np.where(fresh[:, None], learners.parameters, population.kept),
            losses=losses.astype(np.float64),
            mistakes=np.where(exact, 0.0, wrong),
            units=population.units + 1,
            counts=population.counts + Counts(steps, 0, int(fresh.sum()), 0, effort),
        )
        # The longer it takes, the fewer are waited for.
        left = 1.0 - population.units * UNIT_STEPS / most
        if exact.sum() >= max(1, left * recipe.enough * len(learners)):
            return self.founded(population)
        late = population.units - (1 if unary else FAIR_UNITS)
        hopeless = late >= 0 and population.mistakes.min() > HOPELESS * 0.5 ** (late / HALVING)
        if population.units * UNIT_STEPS < most and not (hopeless and recipe.hidden is None):
            return population
        broken = Counts(resets=int((~np.isfinite(learners.parameters).all(1)).sum()))
        population = replace(population, counts=population.counts + broken)
        return self.founded(population) if exact.any() else self.ended(population)

    def founded(self, population: PopulationStage) -> PopulationStage:
        """Return the population whose exact networks, the smallest first, found lines."""
        architecture, learners = population.architecture, population.learners
        exact = np.flatnonzero(population.exact)
        lines = tidied(
            architecture,
            Lines(population.kept[exact], learners.masks[exact], learners.codes[exact]),
        )
        order = np.argsort(sizes(self.recipe.smallest, architecture, lines), kind="stable")
        lines = lines.take(np.resize(order, len(learners)))
        return replace(with_lines(population, lines), phase="prune", units=0, idle=0)

    def prune(self, population: PopulationStage) -> PopulationStage:
        """Try some rounds of removals in all lines, and keep what stays exact."""
        recipe, architecture = self.recipe, population.architecture
        rng = self.rng(population)
        learners = population.learners
        lines = Lines(learners.parameters, learners.masks, learners.codes)
        batch = self.lessons.drawn(1, recipe.batch, np.random.default_rng(0))[1].size
        cost = self.cost(population, recipe.pruning_steps, batch)
        left = recipe.prunings - population.units
        rounds = max(0, min(left, 10, max(1, int(UNIT_EFFORT / cost))))
        measures = sizes(recipe.smallest, architecture, lines)
        slower = min(1.0, (BROAD / max(1, architecture.hidden)) ** 0.5)
        rate = recipe.pruning_rate * (1.0 if recipe.ticks else slower)
        losses, idle = population.losses, population.idle
        for number in range(population.units + 1, population.units + rounds + 1):
            tries = proposed(architecture, lines, rng)
            table, order = self.lessons.drawn(recipe.pruning_steps, recipe.batch, rng)
            learners = learners_of(tries.parameters, tries.masks, tries.codes)
            pace = Pace(rate, float(rng.choice(recipe.pulls)))
            learners, loss = self.descent.descend(architecture, learners, table, order, pace)
            judging = self.lessons.judging(rng)
            right = are_exact(architecture, learners.parameters, tries.codes, judging)
            now = sizes(recipe.smallest, architecture, tries)
            right &= now <= measures
            idle = 0 if (now[right] <= measures.min() - STATE).any() else idle + 1
            lines = lines.where(right, replace(tries, parameters=learners.parameters))
            losses, measures = np.where(right, loss, losses), np.where(right, now, measures)
            rows = culled(measures, worst=number % CULLING == 0)
            lines, measures = lines.take(rows), measures[rows]
        smallest = float(measures.min())
        done = Counts(steps=rounds * recipe.pruning_steps, effort=rounds * cost)
        population = replace(
            with_lines(population, lines),
            losses=losses,
            units=population.units + rounds,
            idle=idle,
            counts=population.counts + done,
        )
        before = self.generation.counts.effort / recipe.populations
        spent = before + population.counts.effort >= self.initialization.effort()
        if population.units < recipe.prunings and idle < self.idle(smallest) and not spent:
            return population
        return self.ended(population)

    def idle(self, least: float) -> float:
        """Return how many rounds may find nothing smaller than the `least` of a population.

        They are the fewer the further the population is from the best network so far.
        """
        archive, measure = self.generation.archive, self.recipe.smallest
        best_size = size(measure, archive[0]) if archive else least
        most = IDLE // 2 if self.initialization.is_unary(self.generation) else IDLE
        return min(most, EACH * (2 + least)) * min(1.0, (best_size / max(least, 1.0)) ** 2)

    def ended(self, population: PopulationStage) -> PopulationStage:
        """Return the population with its best networks, and without the others."""
        learners = population.learners.take(np.arange(0))
        return replace(
            population,
            phase="done",
            found=specimens(population, self.recipe.smallest, held=not self.recipe.ticks),
            learners=learners,
            kept=learners.parameters,
        )

    def cost(self, population: PopulationStage, steps: int, batch: int) -> float:
        """Return how many multiply-adds training steps take."""
        parameters = population.architecture.parameters
        rows = batch * self.lessons.ticks
        return 3.0 * parameters * rows * steps * len(population.learners)

    def regularisation(self, population: PopulationStage) -> float:
        """Return what the regulariser adds to the loss of training, at the median."""
        architecture, learners = population.architecture, population.learners
        if not (self.recipe.ticks and len(learners)):
            return 0.0
        real = architecture.weights()
        sizes = np.abs(learners.parameters[:, real])
        step = self.recipe.steepness * (sizes - self.recipe.threshold)
        low = np.tanh(-self.recipe.steepness * self.recipe.threshold)
        pulls = self.recipe.pulls[0] * sizes + self.recipe.intensity * (np.tanh(step) - low)
        return float(np.median(pulls.mean(1)))

    def rng(self, population: PopulationStage) -> np.random.Generator:
        """Return the randomness of one unit, which depends on nothing but the stage."""
        phase = 1 if population.phase == "train" else 2
        unit = phase, self.generation.generation, population.units
        return self.initialization.rng(population.place, *unit)


def culled(measures: npt.NDArray[np.float64], *, worst: bool) -> npt.NDArray[np.int64]:
    """Return (lines,): which line goes on in the place of each, those of the best third in others'.

    These are of lines that are far larger than the best, and with `worst` of the worst third.
    """
    ranked = np.argsort(measures, kind="stable")
    third = max(1, len(measures) // 3)
    gone = measures > FAR * measures.min() + BESIDES
    gone[ranked[len(measures) - third :]] |= worst
    return np.where(gone, np.resize(ranked[:third], len(measures)), np.arange(len(measures)))


def with_lines(population: PopulationStage, lines: Lines) -> PopulationStage:
    """Return the population with lines for learners, no wider than they are."""
    architecture, lines = compacted(population.architecture, lines)
    return replace(
        population,
        architecture=architecture,
        learners=learners_of(lines.parameters, lines.masks, lines.codes),
        exact=np.ones(len(lines), bool),
        kept=lines.parameters,
        mistakes=np.zeros(len(lines)),
    )


def specimens(
    population: PopulationStage, smallest: str, *, held: bool = True
) -> tuple[Specimen, ...]:
    """Return the best networks as they stand: the smallest of those that are exact.

    Where none is, those come that are wrong on the fewest rows, and a network of zeros where the
    numbers of all have overflowed.
    """
    if population.phase == "done":
        return population.found
    architecture, learners = population.architecture, population.learners
    exact = population.exact[:, None]
    parameters = np.where(exact, population.kept, learners.parameters)
    finite: npt.NDArray[np.bool_] = np.all(np.isfinite(parameters), axis=1)
    parameters = np.where(finite[:, None], parameters, np.float32(0.0))
    lines = Lines(parameters, learners.masks, learners.codes)
    keys = sizes(smallest, architecture, lines), population.mistakes, ~finite
    order = np.lexsort(keys)
    right = order[population.exact[order]][: 2 * ARCHIVE]
    rows = right if len(right) else order[: max(1, min(NEAREST, int(finite.sum())))]
    found = tuple(_specimen(population, lines, int(row), held=held) for row in rows)
    return best(smallest, found) if len(right) else found


def _specimen(population: PopulationStage, lines: Lines, row: int, *, held: bool) -> Specimen:
    architecture, masks = population.architecture, lines.masks[[row]]
    network = network_of(architecture, lines, row, held=held)
    alive = architecture.layers(masks)[1][0, 0, : architecture.bits]
    hidden = network.cells[0].hidden
    return Specimen(
        network,
        lines.codes[row][:, alive],
        architecture.activation.factor,
        0 if hidden is None else len(hidden.bias),
        int(weights(architecture, masks)[0]),
        int(passing(architecture, masks)[0]),
        float(population.mistakes[row]),
    )
