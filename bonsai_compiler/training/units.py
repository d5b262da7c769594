"""The units of work that growing is done in: sow, train, prune; each from stage to stage."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from bonsai_compiler.training import pruning
from bonsai_compiler.training.pool import Midway, Pool, Stage, fresh_pool
from bonsai_compiler.training.recipe import Recipe
from bonsai_compiler.training.shape import Shape, initial_population
from bonsai_compiler.training.trainer import Pace, Schedule, Trainer, drop

# Rounds of pruning at the end that train twice as long: what is left goes only reluctantly.
LAST_ROUNDS = 0.4


def first_stage(shape: Shape) -> Stage:
    """Return the stage before anything was done."""
    nothing = fresh_pool(np.zeros((0, shape.parameters), np.float32))
    return Stage("sow", 0, 0, 0, 0, 0, np.ones(2), nothing, nothing, nothing)


class Units:
    """The units of one run; each depends on the stage before it and on nothing else.

    `pause` is told of stages in the middle of a unit; what it raises ends the unit.
    """

    def __init__(
        self,
        trainer: Trainer,
        shape: Shape,
        recipe: Recipe,
        seed: int,
        pause: Callable[[Stage], None],
    ) -> None:
        self.trainer, self.shape, self.recipe, self.seed = trainer, shape, recipe, seed
        self.pause = pause

    def unit(self, stage: Stage) -> Stage:
        """Return the stage after one more unit of work."""
        return {"sow": self.sow, "train": self.train, "prune": self.prune}[stage.phase](stage)

    def sow(self, stage: Stage) -> Stage:
        """Train fresh replicas for a round; keep the best of these and of the rounds before."""
        recipe = self.recipe
        steps = min(recipe.round_steps, recipe.steps)
        fresh = replace(stage, powers=np.ones(2))
        sown = self.trained(
            fresh, self.fresh(0, stage.units), steps, self.schedule(0), self.rng(1, stage)
        )
        pool = _best(stage.pool.joined(sown.pool), recipe.replicas)
        more = stage.units + 1 < recipe.rounds
        following = replace(
            sown,
            phase="sow" if more else "train",
            units=stage.units + 1 if more else 0,
            pool=self.healthy(pool, stage.steps),
        )
        return self.turned(following, last=False)

    def train(self, stage: Stage) -> Stage:
        """Train the kept replicas on."""
        recipe = self.recipe
        before = (stage.units + 1) * recipe.round_steps
        steps = min(recipe.round_steps, recipe.steps - before)
        if steps <= 0:
            return self.turned(stage, last=True)
        trained = self.trained(stage, stage.pool, steps, self.schedule(before), self.rng(2, stage))
        pool = self.healthy(trained.pool, stage.steps)
        last = before + steps >= recipe.steps
        return self.turned(replace(trained, units=stage.units + 1, pool=pool), last=last)

    def prune(self, stage: Stage) -> Stage:
        """Try removals in all lines, and keep the smallest networks that are right."""
        recipe, rounds = self.recipe, self.recipe.prunings
        rng = self.rng(3, stage)
        tries = pruning.propose(self.shape, stage.pool, recipe.replicas, recipe.pruning_share, rng)
        reluctant = stage.units >= (1.0 - LAST_ROUNDS) * rounds
        steps = recipe.pruning_steps * (2 if reluctant else 1)
        pace = Pace(recipe.pruning_rate, recipe.pruning_intensity)
        trained = self.trained(stage, tries, steps, lambda _: pace, rng)
        kept = pruning.select(self.shape, stage.pool.joined(trained.pool), recipe.replicas)
        units = stage.units + 1
        best, before = (
            pruning.weights(self.shape, some.masks).min() for some in (kept, stage.pool)
        )
        idle = stage.idle + 1 if best == before else 0
        if units % max(1, rounds // 6) == 0:
            kept = pruning.halve(self.shape, kept)
        more = units < rounds and idle < max(5, rounds // 3)
        phase = "prune" if more else "done"
        earlier = stage.earlier
        if stage.units:  # before, nothing but what weighs next to nothing was taken away
            earlier = pruning.remembered(self.shape, earlier, stage.pool)
        return replace(trained, phase=phase, units=units, idle=idle, pool=kept, earlier=earlier)

    def trained(
        self, stage: Stage, pool: Pool, steps: int, schedule: Schedule, rng: np.random.Generator
    ) -> Stage:
        """Return the stage with a pool trained on, and steps and overflows counted."""

        def pause(midway: Midway) -> None:
            self.pause(replace(stage, midway=midway))

        midway, stage = stage.midway, replace(stage, midway=None)
        pool, powers = self.trainer.train(pool, stage.powers, steps, schedule, rng, midway, pause)
        resets = stage.resets + int((~np.isfinite(pool.parameters).all(1)).sum())
        steps += stage.steps
        return replace(stage, steps=steps, resets=resets, powers=powers, pool=pool)

    def turned(self, stage: Stage, *, last: bool) -> Stage:
        """Return the stage with its right networks set aside, turned to pruning at enough of them.

        What was right once is not lost, though training on may spoil it.
        """
        right = stage.pool.take(stage.pool.right)
        older = stage.grown.take(~np.isin(stage.grown.origins, right.origins))
        grown = right.joined(older)
        stage = replace(stage, grown=grown, solved=len(grown))
        if not len(grown) or (len(grown) < self.enough() and not last):
            return replace(stage, phase="done") if last else stage
        phase = "prune" if self.recipe.prunings else "done"
        return replace(stage, phase=phase, units=0, pool=pruning.start_pool(self.shape, grown))

    def enough(self) -> int:
        """How many right replicas are waited for before pruning begins."""
        return max(1, self.recipe.replicas // 6)

    def fresh(self, kind: int, number: int) -> Pool:
        """Return untrained networks of one kind, with origins of their own for each number."""
        rng = np.random.default_rng([self.seed, kind, number])
        pool = fresh_pool(initial_population(self.shape, self.recipe.replicas, rng))
        return replace(pool, origins=pool.origins + number * self.recipe.replicas)

    def healthy(self, pool: Pool, steps: int) -> Pool:
        """Return the pool with fresh networks in place of those whose numbers overflowed."""
        broken = ~np.isfinite(pool.parameters).all(1)
        if not broken.any():
            return pool
        rows = np.arange(len(pool))
        fresh = self.fresh(4, steps).take(rows)
        return pool.joined(fresh).take(np.where(broken, len(pool) + rows, rows))

    def rng(self, kind: int, stage: Stage) -> np.random.Generator:
        """Return the randomness of one unit, which depends on nothing but the stage."""
        return np.random.default_rng([self.seed, kind, stage.steps])

    def schedule(self, before: int) -> Schedule:
        """Return the pace of each step after `before`."""
        recipe = self.recipe

        def at(step: int) -> Pace:
            rate = recipe.learning_rate * drop(recipe.rate_drops, before + step, recipe.steps)
            strength = drop(recipe.intensity_drops, before + step, recipe.steps)
            return Pace(rate, recipe.intensity * strength)

        return at


def _best(pool: Pool, count: int) -> Pool:
    losses = np.nan_to_num(pool.losses, nan=np.inf)
    return pool.take(np.lexsort((losses, pool.mistakes))[:count])
