"""One generation after the other: of what its populations find the best go into the next."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bonsai_compiler.growth.archive import best, size
from bonsai_compiler.growth.initialization import Initialization
from bonsai_compiler.growth.stage import PopulationStage, Stage

WIDEST = 1024
"""Where no network of so many hidden neurons learns a table, wider ones are not tried."""

MORE, MOST_MORE = 6, 3
"""For so many weights each, one generation more may find nothing smaller, up to so many more."""


@dataclass(frozen=True, eq=False)
class Generations:
    """The generations of one run."""

    initialization: Initialization

    def first(self) -> Stage:
        """Return the stage before anything was done."""
        asked = self.initialization.recipe.hidden
        if asked is None:
            asked = 0 if self.initialization.unary else self.initialization.width()
        return Stage(hidden=asked)

    def joined(self, stage: Stage, population: PopulationStage) -> Stage:
        """Return the stage with a population as it stands now, or the next one once all are done.

        Which population comes first makes no difference.
        """
        stage = stage.having(population)
        done = sum(item.phase == "done" for item in stage.populations)
        over = done == self.initialization.recipe.populations
        return self.following(stage) if over else stage

    def following(self, stage: Stage) -> Stage:
        """Return the first stage of the next generation, or the last one of all."""
        recipe = self.initialization.recipe
        found = [
            specimen
            for population in stage.populations
            for specimen in population.found
            if not specimen.mistakes
        ]
        archive, fruitless = stage.archive, stage.fruitless
        if found:
            archive = best(recipe.smallest, (*archive, *found))
            sizes = [size(recipe.smallest, items[0]) for items in (archive, stage.archive) if items]
            better = len(sizes) < 2 or sizes[0] < sizes[1]
            fruitless = 0 if better else fruitless + 1
        hidden = stage.hidden if archive or recipe.ticks else 2 * stage.hidden
        hidden = self.initialization.narrowed(archive, hidden)
        if self.initialization.is_unary(stage):
            hidden = self.initialization.width()
        spent = stage.total, stage.rows
        following = Stage(stage.generation + 1, hidden, fruitless, archive, *spent)
        if not self.over(following):
            return following
        last = replace(following.history[-1], phase="done")
        history = (*following.history[:-1], last)
        return replace(stage, archive=archive, fruitless=fruitless, history=history, over=True)

    def over(self, stage: Stage) -> bool:
        """Return whether a generation that was not begun is none any more."""
        recipe = self.initialization.recipe
        if recipe.ticks:
            return bool(stage.archive) or stage.generation >= recipe.generations
        if not stage.archive and stage.hidden:
            # Nothing was learned yet: a wider layer is tried, whatever was spent.
            return stage.hidden > WIDEST
        return (
            stage.generation >= recipe.generations
            or stage.counts.effort >= self.initialization.effort() * recipe.populations
            or stage.fruitless >= self.patience(stage)
        )

    def patience(self, stage: Stage) -> int:
        """Return how many generations may find nothing: more where there is more to take away."""
        lasting = stage.archive[0].weights - stage.archive[0].passing if stage.archive else 0
        return self.initialization.recipe.patience + min(MOST_MORE, lasting // MORE)
