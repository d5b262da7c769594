"""grow(): sow replicas until some are right, then prune those; in units that can be resumed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from tinygrad.helpers import Context

from bonsai_compiler.growth import pruning
from bonsai_compiler.growth.batches import Pace
from bonsai_compiler.growth.choice import Choice, choose_engine
from bonsai_compiler.growth.pool import Pool, Stage, fresh_pool
from bonsai_compiler.growth.recipe import Recipe
from bonsai_compiler.growth.report import Population, Progress
from bonsai_compiler.growth.sampling import Examples, Lessons
from bonsai_compiler.growth.shape import Shape, initial_population, to_network
from bonsai_compiler.growth.trainer import Schedule, Trainer, drop
from bonsai_compiler.machine import Machine, minimized

Report = Callable[[Progress, Stage], bool]

# Rounds of pruning at the end that train twice as long: what is left goes only reluctantly.
LAST_ROUNDS = 0.4


def go_on(_progress: Progress, _stage: Stage) -> bool:
    """Report to nobody, and go on."""
    return True


def grow(
    source: Machine | Examples,
    recipe: Recipe,
    seed: int,
    *,
    engine: str = "auto",
    device: str | None = None,
    chance: Mapping[str, float] | None = None,
    lessons: Lessons = (),
    stage: Stage | None = None,
    report: Report = go_on,
) -> Population:
    """Return the population that `recipe` grows for a task, judged on fresh sequences.

    `engine` is kernel, tensor or auto; `device` a name of tinygrad's, or None for the best. The
    same seed, recipe and device give the same weights, also when `stage` is where an earlier run
    stood. After each unit of work `report` is told, and growing ends when it answers False.
    `lessons` are sequences to be trained on above all. Raises BonsaiError for an engine or device
    that is not there, and for a task's examples that are no sequences.
    """
    started = time.perf_counter()
    choice = choose_engine(engine, device)
    if isinstance(source, Machine):
        source = minimized(source)
    shape = recipe.shape(source)
    # No pool of compiling processes: started for a dozen small kernels, it takes longer than they.
    with Context(DEV=choice.device.split(":")[0], PARALLEL=0, TRAINING=1):
        trainer = Trainer(choice, shape, source, recipe, seed, dict(chance or {}), lessons)
        run = _Run(trainer, shape, recipe, seed)
        stage = stage or first_stage(shape)
        while stage.phase != "done":
            before, since = stage.steps, time.perf_counter()
            stage = run.unit(stage)
            pace = (stage.steps - before) / (time.perf_counter() - since)
            if not report(run.progress(stage, pace), stage):
                break
    return _population(shape, stage, choice, time.perf_counter() - started)


def first_stage(shape: Shape) -> Stage:
    """Return the stage before anything was done."""
    nothing = fresh_pool(np.zeros((0, shape.parameters), np.float32))
    return Stage("sow", 0, 0, 0, 0, 0, np.ones(2), nothing, nothing)


class _Run:
    """The units of one run; each depends on the stage before it and on nothing else."""

    def __init__(self, trainer: Trainer, shape: Shape, recipe: Recipe, seed: int) -> None:
        self.trainer, self.shape, self.recipe, self.seed = trainer, shape, recipe, seed

    def unit(self, stage: Stage) -> Stage:
        """Return the stage after one more unit of work."""
        return {"sow": self.sow, "train": self.train, "prune": self.prune}[stage.phase](stage)

    def sow(self, stage: Stage) -> Stage:
        """Train fresh replicas for a round; keep the best of these and of the rounds before."""
        recipe = self.recipe
        steps = min(recipe.round_steps, recipe.steps)
        pool, powers = self.trainer.train(
            self.fresh(stage.units), np.ones(2), steps, self.schedule(0), self.rng(1, stage)
        )
        resets = int((~np.isfinite(pool.parameters).all(1)).sum())
        pool = _best(stage.pool.joined(pool), recipe.replicas)
        following = replace(
            stage,
            phase="sow" if stage.units + 1 < recipe.rounds else "train",
            units=stage.units + 1 if stage.units + 1 < recipe.rounds else 0,
            steps=stage.steps + steps,
            resets=stage.resets + resets,
            powers=powers,
            pool=self.healthy(pool, stage),
        )
        return self.turned(following, last=False)

    def train(self, stage: Stage) -> Stage:
        """Train the kept replicas on."""
        recipe = self.recipe
        before = (stage.units + 1) * recipe.round_steps
        steps = min(recipe.round_steps, recipe.steps - before)
        if steps <= 0:
            return self.turned(stage, last=True)
        pool, powers = self.trainer.train(
            stage.pool, stage.powers, steps, self.schedule(before), self.rng(2, stage)
        )
        resets = int((~np.isfinite(pool.parameters).all(1)).sum())
        following = replace(
            stage,
            units=stage.units + 1,
            steps=stage.steps + steps,
            resets=stage.resets + resets,
            powers=powers,
            pool=self.healthy(pool, stage),
        )
        last = before + steps >= recipe.steps
        return self.turned(following, last=last)

    def prune(self, stage: Stage) -> Stage:
        """Try removals in all lines, and keep the smallest networks that are right."""
        recipe, rounds = self.recipe, self.recipe.prunings
        rng = self.rng(3, stage)
        pool = pruning.propose(self.shape, stage.pool, recipe.replicas, recipe.pruning_share, rng)
        steps = recipe.pruning_steps
        if stage.units >= (1.0 - LAST_ROUNDS) * rounds:
            steps *= 2

        ticks = min(recipe.ticks, recipe.pruning_ticks)
        pace = Pace(recipe.pruning_rate, recipe.pruning_intensity, ticks, held=False)

        def schedule(_: int) -> Pace:
            return pace

        trained, powers = self.trainer.train(pool, stage.powers, steps, schedule, rng)
        resets = int((~np.isfinite(trained.parameters).all(1)).sum())
        kept = pruning.select(self.shape, stage.pool.joined(trained), recipe.replicas)
        units = stage.units + 1
        best, before = (
            pruning.weights(self.shape, some.masks).min() for some in (kept, stage.pool)
        )
        idle = stage.idle + 1 if best == before else 0
        if units % max(1, rounds // 6) == 0:
            kept = pruning.halve(self.shape, kept)
        return replace(
            stage,
            phase="prune" if units < rounds and idle < max(5, rounds // 3) else "done",
            units=units,
            idle=idle,
            steps=stage.steps + steps,
            resets=stage.resets + resets,
            powers=powers,
            pool=kept,
        )

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

    def fresh(self, number: int, kind: int = 0) -> Pool:
        rng = np.random.default_rng([self.seed, kind, number])
        pool = fresh_pool(initial_population(self.shape, self.recipe.replicas, rng))
        return replace(pool, origins=pool.origins + number * self.recipe.replicas)

    def healthy(self, pool: Pool, stage: Stage) -> Pool:
        """Return the pool with fresh networks in place of those whose numbers overflowed."""
        broken = ~np.isfinite(pool.parameters).all(1)
        if not broken.any():
            return pool
        rows = np.where(broken, len(pool) + np.arange(len(pool)), np.arange(len(pool)))
        return pool.joined(self.fresh(stage.steps, 4).take(np.arange(len(pool)))).take(rows)

    def rng(self, kind: int, stage: Stage) -> np.random.Generator:
        return np.random.default_rng([self.seed, kind, stage.steps])

    def schedule(self, before: int) -> Schedule:
        """Return the pace of each step after `before`."""
        recipe = self.recipe

        def at(step: int) -> Pace:
            rate = recipe.learning_rate * drop(recipe.rate_drops, before + step, recipe.steps)
            strength = drop(recipe.intensity_drops, before + step, recipe.steps)
            held = before + step < recipe.held * recipe.steps
            return Pace(rate, recipe.intensity * strength, recipe.length(before + step), held)

        return at

    def progress(self, stage: Stage, pace: float) -> Progress:
        """Return where the run stands."""
        pool, recipe = stage.pool, self.recipe
        counts = pruning.weights(self.shape, _masks(self.shape, pool))
        right = pool.right
        finite = pool.losses[np.isfinite(pool.losses)]
        return Progress(
            phase=stage.phase,
            step=stage.steps,
            done=stage.units / max(1, recipe.prunings) if stage.phase == "prune" else 0.0,
            best_loss=float(finite.min(initial=np.inf)),
            median_loss=float(np.median(finite)) if len(finite) else np.inf,
            regularisation=float(np.median(pool.regularisation)),
            solved=stage.solved,
            replicas=recipe.replicas,
            resets=stage.resets,
            mistakes=float(pool.mistakes.min(initial=1.0)),
            weights=int(counts[right].min()) if len(right) else None,
            pace=pace,
        )


def _best(pool: Pool, count: int) -> Pool:
    losses = np.nan_to_num(pool.losses, nan=np.inf)
    return pool.take(np.lexsort((losses, pool.mistakes))[:count])


def _masks(shape: Shape, pool: Pool) -> np.ndarray:
    weighty = np.abs(pool.parameters) > pruning.NOTHING
    return pruning.live(shape, pool.masks & (weighty | ~pruning.regular(shape)))


def _population(shape: Shape, stage: Stage, choice: Choice, seconds: float) -> Population:
    """Return the pruned networks and, behind them, those that they were pruned from."""
    pruned = stage.pool.take(np.argsort(pruning.weights(shape, _masks(shape, stage.pool))))
    everything = pruned.joined(stage.grown)
    return Population(
        networks=tuple(to_network(shape, row) for row in everything.parameters),
        mistakes=everything.mistakes,
        weights=pruning.weights(shape, _masks(shape, everything)),
        losses=everything.losses,
        solved=stage.solved,
        resets=stage.resets,
        steps=stage.steps,
        seconds=seconds,
        engine=choice.engine,
        device=choice.description,
        warning=choice.warning,
    )
