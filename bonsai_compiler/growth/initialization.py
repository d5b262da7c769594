"""How a generation begins: codes, widths and weights that are drawn, or bred from the best."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bonsai_compiler.growth import codes as coding
from bonsai_compiler.growth.architecture import Architecture, initial_population
from bonsai_compiler.growth.codes import Code, Member
from bonsai_compiler.growth.descent import learners_of
from bonsai_compiler.growth.recipe import Recipe
from bonsai_compiler.growth.stage import Counts, PopulationStage, Specimen, Stage
from bonsai_compiler.growth.table import Lessons, Table

STEP_EFFORT = 5e7
"""How many multiply-adds a step of all networks takes at most, where FEWEST do not take more."""

FEWEST = 16
"""How many networks grow side by side at least, if as many are asked for."""

NARROWEST, WIDE = 8, 512
"""Between these is the width of the layer to begin with."""

ROWS = 32
"""A table of more rows has more effort, as the root of their number."""

PARENTS = 6
"""How many of the best have codes that are bred."""

SPARE = 2
"""How many hidden neurons more than the best network has the next generation begins with."""


@dataclass(frozen=True, eq=False)
class Initialization:
    """Draws the networks of each generation.

    `members` are what the task's own states are made of, if it has any.
    """

    lessons: Lessons
    members: Sequence[Member]
    recipe: Recipe
    seed: int

    def drawn(self, generation: Stage, place: int) -> PopulationStage:
        """Return untrained networks: of codes that are drawn, or bred from the best.

        Those at the first place are the same, however many populations a generation has.
        """
        recipe, rng = self.recipe, self.rng(place, 0, generation.generation)
        archive, hidden = generation.archive, generation.hidden
        # How many generations had hidden layers before: factors take turns in these.
        layered = max(0, generation.generation - bool(self.unary))
        # What has not learned yet learns best with the first factor.
        began = layered if archive or recipe.ticks else 0
        turn = (began + place) % len(recipe.factors) if recipe.levels else 0
        factor = recipe.factors[turn]
        if len(archive) and layered > len(recipe.factors):
            factor = archive[0].factor
        replicas = self.replicas(hidden)
        codes, widths = [], []
        unary = self.unary if self.is_unary(generation) else []
        for number in range(replicas):
            code, width = self.one_drawn(archive, hidden, factor, rng)
            # Half of them: which numbers a network begins with decides as much as its code.
            codes.append(unary[number % len(unary)] if unary and number % 4 < 2 else code)
            widths.append(width)
        bits = max(code.shape[1] for code in codes)
        stacked = np.full((replicas, self.lessons.states, bits), -1.0, np.float32)
        for row, code in enumerate(codes):
            stacked[row, :, : code.shape[1]] = code
        inputs, outputs = self.lessons.inputs, self.lessons.outputs
        even = hidden + hidden % 2
        architecture = Architecture(inputs, bits, even, outputs, recipe.activation(factor))
        masks = np.tile(architecture.real(), (replicas, 1))
        own, ends = architecture.layers(masks)
        for row, (code, width) in enumerate(zip(codes, widths, strict=True)):
            own[row, :, width:] = False
            ends[row, architecture.reads + width :] = False
            unused = slice(1 + inputs + code.shape[1], architecture.state_rows.stop)
            own[row, unused] = ends[row, unused] = False
            ends[row, :, code.shape[1] : bits] = False
        parameters = initial_population(architecture, replicas, rng)
        nothing = np.zeros(replicas, bool)
        return PopulationStage(
            place,
            architecture,
            learners_of(parameters, masks, stacked),
            nothing,
            np.zeros_like(parameters),
            np.full(replicas, np.inf),
            np.ones(replicas),
            counts=Counts(trained=replicas),
        )

    @cached_property
    def unary(self) -> list[Code]:
        """The codes that are tried first, and without a hidden layer."""
        fixed = self.recipe.ticks or self.recipe.hidden is not None
        return [] if fixed else coding.unary(self.members)

    def is_unary(self, generation: Stage) -> bool:
        """Return whether it is the first, of networks without a hidden layer."""
        return bool(self.unary) and not generation.generation

    def rng(self, place: int, *unit: int) -> np.random.Generator:
        """Return the randomness of a population's unit of work, which depends on these alone."""
        branch = (place,) if place else ()
        seeds = np.random.SeedSequence([self.seed, *unit], spawn_key=branch)
        return np.random.default_rng(seeds)

    def one_drawn(
        self, archive: tuple[Specimen, ...], hidden: int, factor: float, rng: np.random.Generator
    ) -> tuple[Code, int]:
        """Return a code and a number of hidden neurons."""
        width = 0 if rng.random() < 0.2 else hidden
        if self.recipe.ticks:
            return np.full((1, self.recipe.states), -1.0, np.float32), width
        spaced = self.recipe.levels
        kind = rng.random()
        if not archive or kind < 0.3:
            # Straight pieces suit levels that are counted; corners want flat ones.
            for _ in range(8):
                code = coding.draw(self.lessons.states, self.members, rng, spaced=spaced)
                if factor < 1.0 or (np.abs(code) < 1.0).any():
                    break
            return code, width
        parent = archive[min(int(rng.integers(PARENTS)), len(archive) - 1)]
        if kind < 0.6:
            return parent.code, max(width, parent.hidden // 2 * 2)
        other = archive[rng.integers(len(archive))]
        return coding.bred(parent.code, other.code, rng), max(width, parent.hidden // 2 * 2)

    def narrowed(self, archive: tuple[Specimen, ...], hidden: int) -> int:
        """Return how wide the layers of a generation are: little wider than those of the best."""
        if not archive:
            return hidden
        widest = max(item.hidden for item in archive[:PARENTS])
        return min(hidden, widest + SPARE + widest % 2)

    def width(self) -> int:
        """Return how many hidden neurons to begin with: more for a table that says more.

        Two for each three bits of the table that a hidden neuron has weights for is what random
        machines take; half as many is a beginning, since what people think of takes fewer.
        """
        architecture = self.plain(0)
        assert isinstance(self.lessons, Table)
        said = len(self.lessons) * architecture.columns
        fair = 0.75 * said / (architecture.reads + architecture.columns)
        return int(min(max(fair, NARROWEST), WIDE)) // 2 * 2

    def effort(self) -> float:
        """Return how many multiply-adds a population of each generation takes, all together."""
        rows = len(self.lessons) if isinstance(self.lessons, Table) else ROWS
        return self.recipe.effort * 1e9 * math.sqrt(max(1.0, rows / ROWS))

    def replicas(self, hidden: int) -> int:
        """Return how many networks of a width grow side by side: fewer of large ones."""
        if self.recipe.ticks:
            return self.recipe.replicas
        assert isinstance(self.lessons, Table)
        rows = min(len(self.lessons), self.recipe.batch)
        fitting = STEP_EFFORT / (3.0 * self.plain(hidden).parameters * rows)
        return min(self.recipe.replicas, max(FEWEST, int(fitting) // 8 * 8))

    def plain(self, hidden: int) -> Architecture:
        """Return the architecture with a code of the fewest bits."""
        recipe, lessons = self.recipe, self.lessons
        bits = recipe.states if recipe.ticks else coding.fewest_bits(lessons.states)
        sizes = lessons.inputs, bits, hidden + hidden % 2, lessons.outputs
        return Architecture(*sizes, recipe.activation(0.0))
