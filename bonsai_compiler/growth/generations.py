"""The units of work that growing is done in: a generation is drawn, trained, pruned; then the next.

Each unit depends on the stage before it and on nothing else, so that a run which was stopped goes
on to the same result.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from bonsai_compiler.growth import codes as coding
from bonsai_compiler.growth.architecture import Architecture
from bonsai_compiler.growth.conversion import network_of
from bonsai_compiler.growth.descent import Descent, Pace, learners_of, ordered
from bonsai_compiler.growth.evaluation import bounds_of, mistakes
from bonsai_compiler.growth.initialization import Initialization
from bonsai_compiler.growth.pruning import Lines, proposed, tidied, weights
from bonsai_compiler.growth.recipe import TableRecipe
from bonsai_compiler.growth.stage import Specimen, TableStage
from bonsai_compiler.growth.table import Table

UNIT_STEPS = 250
"""How many training steps are taken before it is looked which networks are exact."""

UNIT_EFFORT = 3e9
"""About how many multiply-adds a unit of pruning takes at most."""

WIDEST = 512
"""Where no network of so many hidden neurons learns a table, wider ones are not tried."""

FAIR_UNITS, HOPELESS = 4, 0.05
"""After so many units a population that is wrong on such a share of rows is given up."""

IDLE, EACH = 30, 2
"""Pruning ends when so many rounds have found nothing smaller, or so many for each weight left."""

MORE, MOST_MORE = 12, 2
"""For so many weights each, one generation more may find nothing smaller, up to so many more."""

CULLING = 20
"""After so many rounds the worst third of the lines gives way to the best."""

ARCHIVE = 12
"""How many of the best networks are kept."""

ALIKE = 3
"""How many of them may have one code; where programs are to be short, one."""

MANY = 1024
"""More than what is only to decide between equals ever comes to."""

STATE = 0.5
"""As how many weights a bit of state counts: one that only passes a value on has one itself."""


@dataclass(frozen=True, eq=False)
class Generations:
    """The units of one run."""

    initialization: Initialization
    descent: Descent

    @property
    def table(self) -> Table:
        """What is learned."""
        return self.initialization.table

    @property
    def recipe(self) -> TableRecipe:
        """How it is learned."""
        return self.initialization.recipe

    def first(self) -> TableStage:
        """Return the stage before anything was done."""
        asked, draw = self.recipe.hidden, self.initialization
        return draw.drawn((), hidden=draw.width() if asked is None else asked, generation=0)

    def advance(self, stage: TableStage) -> TableStage:
        """Return the stage after one more unit of work."""
        return self.train(stage) if stage.phase == "train" else self.prune(stage)

    def train(self, stage: TableStage) -> TableStage:
        """Train for some steps; turn to pruning once enough networks are exact."""
        recipe, architecture = self.recipe, stage.architecture
        steps = min(UNIT_STEPS, recipe.steps - stage.units * UNIT_STEPS)
        order = ordered(self.table, steps, recipe.batch, self.rng(stage))
        pace = Pace(rate=recipe.learning_rate)
        learners, losses = self.descent.descend(
            architecture, stage.learners, self.table, order, pace
        )
        bounds = bounds_of(learners.codes)
        wrong = mistakes(architecture, learners.parameters, learners.codes, bounds, self.table)
        fresh = (wrong == 0) & ~stage.exact
        exact = stage.exact | fresh
        stage = replace(
            stage,
            learners=learners,
            exact=exact,
            kept=np.where(fresh[:, None], learners.parameters, stage.kept),
            losses=losses.astype(np.float64),
            mistakes=np.where(exact, 0.0, wrong),
            units=stage.units + 1,
            steps=stage.steps + steps,
            solved=stage.solved + int(fresh.sum()),
            effort=stage.effort + self.cost(architecture, steps, order.shape[1]),
        )
        if exact.sum() >= max(1, recipe.enough * len(learners)):
            return self.founded(stage)
        hopeless = stage.units >= FAIR_UNITS and stage.mistakes.min() > HOPELESS
        if stage.units * UNIT_STEPS < recipe.steps and not (hopeless and recipe.hidden is None):
            return stage
        broken = int((~np.isfinite(learners.parameters).all(1)).sum())
        stage = replace(stage, resets=stage.resets + broken)
        return self.founded(stage) if exact.any() else self.following(stage)

    def founded(self, stage: TableStage) -> TableStage:
        """Return the stage in which the exact networks, the smallest first, found lines."""
        architecture, learners = stage.architecture, stage.learners
        exact = np.flatnonzero(stage.exact)
        lines = tidied(
            architecture,
            Lines(stage.kept[exact], learners.masks[exact], learners.codes[exact]),
        )
        order = np.argsort(self.sizes(architecture, lines), kind="stable")
        lines = lines.take(np.resize(order, len(learners)))
        return replace(self.with_lines(stage, lines), phase="prune", units=0, idle=0)

    def prune(self, stage: TableStage) -> TableStage:
        """Try some rounds of removals in all lines, and keep what stays exact."""
        recipe, architecture = self.recipe, stage.architecture
        rng = self.rng(stage)
        lines = Lines(stage.learners.parameters, stage.learners.masks, stage.learners.codes)
        batch = min(len(self.table), recipe.batch)
        cost = self.cost(architecture, recipe.pruning_steps, batch)
        left = recipe.prunings - stage.units
        rounds = max(0, min(left, 10, max(1, int(UNIT_EFFORT / cost))))
        best = int(self.sizes(architecture, lines).min())
        losses, idle = stage.losses, stage.idle
        for number in range(stage.units + 1, stage.units + rounds + 1):
            tries = proposed(architecture, lines, rng)
            order = ordered(self.table, recipe.pruning_steps, recipe.batch, rng)
            learners = learners_of(tries.parameters, tries.masks, tries.codes)
            pull = float(rng.choice(recipe.pulls))
            pace = Pace(rate=recipe.pruning_rate, pull=pull)
            learners, loss = self.descent.descend(architecture, learners, self.table, order, pace)
            wrong = mistakes(
                architecture, learners.parameters, tries.codes, bounds_of(tries.codes), self.table
            )
            lines = lines.where(wrong == 0, replace(tries, parameters=learners.parameters))
            losses = np.where(wrong == 0, loss, losses)
            if number % CULLING == 0:
                ranked = np.argsort(self.sizes(architecture, lines), kind="stable")
                third = len(lines) // 3
                rows = np.arange(len(lines))
                rows[ranked[len(lines) - third :]] = ranked[:third]
                lines = lines.take(rows)
            now = int(self.sizes(architecture, lines).min())
            idle, best = (0 if now < best else idle + 1), min(now, best)
        stage = replace(
            self.with_lines(stage, lines),
            losses=losses,
            units=stage.units + rounds,
            idle=idle,
            steps=stage.steps + rounds * recipe.pruning_steps,
            effort=stage.effort + rounds * cost,
        )
        # The first networks that learned are pruned though they took long to learn.
        enough = recipe.effort * (1.0 if stage.archive else 2.0)
        spent = stage.effort >= enough * 1e9
        if stage.units < recipe.prunings and idle < self.idle(stage, best) and not spent:
            return stage
        return self.following(self.archived(stage, lines))

    def archived(self, stage: TableStage, lines: Lines) -> TableStage:
        """Return the stage with the best of the lines in its archive."""
        architecture = stage.architecture
        sizes = weights(architecture, lines.masks)
        found = list(stage.archive)
        for row in np.argsort(self.sizes(architecture, lines), kind="stable")[: 2 * ARCHIVE]:
            network = network_of(architecture, lines, int(row))
            alive = architecture.layers(lines.masks[[row]])[1][0, 0, : architecture.bits]
            found.append(
                Specimen(
                    network,
                    lines.codes[row][:, alive],
                    architecture.activation.factor,
                    0 if network.cells[0].hidden is None else len(network.cells[0].hidden.bias),
                    int(sizes[row]),
                )
            )
        few = 1 if self.recipe.smallest == "program" else ALIKE
        archive = _varied(sorted(found, key=self.size), few)
        better = not stage.archive or self.size(archive[0]) < self.size(stage.archive[0])
        return replace(stage, archive=archive, fruitless=0 if better else stage.fruitless + 1)

    def following(self, stage: TableStage) -> TableStage:
        """Return the first stage of the next generation, or the last one of all."""
        recipe = self.recipe
        generation = stage.generation + 1
        hidden = stage.hidden if stage.archive else 2 * stage.hidden
        if stage.archive or not hidden:
            over = (
                generation >= recipe.generations
                or stage.effort >= recipe.effort * 1e9
                or stage.fruitless >= self.patience(stage)
            )
        else:
            # Nothing was learned yet: a wider layer is tried, whatever was spent.
            over = hidden > WIDEST
        if over:
            return replace(stage, phase="done")
        drawn = self.initialization.drawn(stage.archive, hidden=hidden, generation=generation)
        return replace(
            drawn,
            steps=stage.steps,
            trained=stage.trained + drawn.trained,
            fruitless=stage.fruitless,
            effort=stage.effort,
            solved=stage.solved,
            resets=stage.resets,
        )

    def idle(self, stage: TableStage, least: float) -> float:
        """Return how many rounds may find nothing smaller than the `least` of a generation.

        They are the fewer the further the generation is from the best network so far.
        """
        best = self.size(stage.archive[0]) if stage.archive else least
        return min(IDLE, EACH * (2 + least)) * min(1.0, (best / max(least, 1.0)) ** 2)

    def patience(self, stage: TableStage) -> int:
        """Return how many generations may find nothing: more where there is more to take away."""
        weights = stage.archive[0].weights if stage.archive else 0
        return self.recipe.patience + min(MOST_MORE, weights // MORE)

    def with_lines(self, stage: TableStage, lines: Lines) -> TableStage:
        """Return the stage with lines for learners."""
        return replace(
            stage,
            learners=learners_of(lines.parameters, lines.masks, lines.codes),
            exact=np.ones(len(lines), bool),
            kept=lines.parameters,
            mistakes=np.zeros(len(lines)),
        )

    def sizes(self, architecture: Architecture, lines: Lines) -> npt.NDArray[np.float64]:
        """Return (replicas,): what is to be small."""
        bits = architecture.layers(lines.masks)[1][:, 0, : architecture.bits].sum(1)
        hidden = architecture.layers(lines.masks)[1][:, architecture.reads :].any(2).sum(1)
        return measured(self.recipe.smallest, weights(architecture, lines.masks), hidden, bits)

    def size(self, specimen: Specimen) -> float:
        """Return what of a specimen is to be small."""
        bits = np.array([specimen.code.shape[1]])
        counts = np.array([specimen.weights]), np.array([specimen.hidden]), bits
        return float(measured(self.recipe.smallest, *counts)[0])

    def cost(self, architecture: Architecture, steps: int, batch: int) -> float:
        """Return how many multiply-adds training steps take."""
        replicas = self.initialization.replicas(architecture.hidden)
        return 3.0 * architecture.parameters * batch * steps * replicas

    def rng(self, stage: TableStage) -> np.random.Generator:
        """Return the randomness of one unit, which depends on nothing but the stage."""
        phase = 1 if stage.phase == "train" else 2
        seed = self.initialization.seed
        return np.random.default_rng([seed, phase, stage.generation, stage.units])


def _varied(specimens: Sequence[Specimen], few: int) -> tuple[Specimen, ...]:
    """Return the first ARCHIVE specimens of which at most a `few` have one code."""
    met: Counter[bytes] = Counter()
    kept = []
    for specimen in specimens:
        name = coding.name_of(specimen.code)
        met[name] += 1
        if met[name] <= few:
            kept.append(specimen)
    return tuple(kept[:ARCHIVE])


def measured(
    smallest: str,
    weights: npt.NDArray[np.int64],
    hidden: npt.NDArray[np.int64],
    bits: npt.NDArray[np.int64],
) -> npt.NDArray[np.float64]:
    """Return (n,): what is to be small of networks with so many weights, hidden neurons and bits.

    A network has a neuron for each bit of state, besides one for each output, of which all have
    equally many.
    """
    everything = weights + STATE * bits + hidden / MANY
    match smallest:
        case "neurons":
            return np.asarray(MANY * (hidden + bits) + everything)
        case "states":
            return np.asarray(MANY * bits + everything)
        case _:
            return np.asarray(everything)
