"""Grow and compile rung by rung: each recipe is tried in turn until a network is proved."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bonsai_compiler.climbing.budget import HOPEFUL, budget_for
from bonsai_compiler.climbing.checkpoint import Checkpoint, Keeper
from bonsai_compiler.climbing.populations import as_rows, grow_population, promising
from bonsai_compiler.climbing.selection import Choice, choose
from bonsai_compiler.climbing.settings import Settings, recipes, source_of
from bonsai_compiler.growth_log import Rung
from bonsai_compiler.names import identifier
from bonsai_compiler.networks.lift import lift
from bonsai_compiler.networks.network import Network, dump_network
from bonsai_compiler.networks.network_file import load_network
from bonsai_compiler.proof.judge import Judge
from bonsai_compiler.report import Origin
from bonsai_compiler.specification.task import Task
from bonsai_compiler.terminal import talk, watching
from bonsai_compiler.tuning.tuning import Tuning

if TYPE_CHECKING:
    from bonsai_compiler.growth import Population, Progress, Recipe
    from bonsai_compiler.growth.pool import Stage

NEARLY = 0.005
"""The share of wrong signs up to which a network may be mended so."""

LESSONS = 8
"""How many counterexamples of a rung the next one learns from."""

LONGEST_LESSON = 96


def climb(task: Task, judge: Judge, settings: Settings, keeper: Keeper) -> tuple[Choice, Origin]:
    """Return the smallest proved network of the first rung that has one, and how it was grown.

    Where no rung has one before the budget ends, the network that came nearest is returned.
    """
    begun = keeper.load() if settings.resume else Checkpoint()
    return _Climb(task, judge, settings, keeper, begun).climb()


class _Climb:
    """One climb, from a checkpoint on."""

    def __init__(
        self, task: Task, judge: Judge, settings: Settings, keeper: Keeper, begun: Checkpoint
    ) -> None:
        self.task, self.judge, self.settings, self.keeper = task, judge, settings, keeper
        self.begun, self.tuning = begun, Tuning(judge)
        self.source = source_of(task)
        self.recipes = recipes(task, self.source, settings)
        self.budget = budget_for(self.source, settings)
        self.started = time.perf_counter() - begun.seconds
        self.struck = False
        self.population: Population | None = None
        self.seconds = {"grow": 0.0, "compile": 0.0}

    def climb(self) -> tuple[Choice, Origin]:
        """Return what `climb` promises."""
        choice = None
        while len(self.begun.rungs) < len(self.recipes):
            choice = self.take_rung()
            # One that only snapping mended was never pruned: the next rung can do better.
            if self.struck or (choice and choice.settled and self.begun.rungs[-1].solved):
                break
        rungs = self.begun.rungs

        def merit(place: int) -> tuple[bool, bool, float]:
            rung = rungs[place]
            return not (rung.settled and rung.solved), not rung.settled, rung.mistakes

        winner = min(range(len(rungs)), key=merit)
        if choice is None or winner != len(rungs) - 1:
            network = load_network(self.begun.fallbacks[winner], "the checkpoint")
            choice = self.chosen([network], [0])
        grown = Origin(
            seed=self.settings.seed,
            rung=winner + 1 if choice.settled else None,
            rungs=rungs,
            replicas=rungs[winner].replicas,
            solved=rungs[winner].solved,
            engine=self.population.engine if self.population else None,
            device=self.population.device if self.population else None,
            seconds={name: round(value, 3) for name, value in self.seconds.items()},
            budget=self.budget.seconds,
            struck=self.struck,
            rows=self.begun.rows,
        )
        return choice, grown

    def take_rung(self) -> Choice | None:
        """Grow and compile the next rung; return what was chosen, if anything was worth it."""
        number = len(self.begun.rungs) + 1
        recipe = _with_lessons(self.recipes[number - 1], self.begun)
        population = self.population = self.grow(recipe, number)
        self.seconds["grow"] += population.seconds
        order = promising(population)
        choice, best = None, order[0]
        if population.mistakes[best] <= NEARLY:
            choice = self.chosen(population.networks, order)
            best = choice.number
        rung = Rung(
            replicas=recipe.replicas,
            solved=population.solved,
            resets=population.resets,
            steps=population.steps,
            mistakes=float(population.mistakes[best]),
            settled=choice.settled if choice else 0,
        )
        talk(_summary(self.task.name, number, len(self.recipes), rung, choice))
        self.begun = replace(
            self.begun,
            rungs=(*self.begun.rungs, rung),
            fallbacks=(*self.begun.fallbacks, dump_network(population.networks[best])),
            lessons=self.lessons(population, order),
            seconds=time.perf_counter() - self.started,
            stage=b"",
        )
        self.keeper.keep(self.begun)
        if not (rung.settled and rung.solved) and number < len(self.recipes):
            hopeful = rung.mistakes <= HOPEFUL
            self.struck = self.struck or self.begun.seconds >= self.budget.limit(hopeful=hopeful)
        return choice

    def grow(self, recipe: Recipe, number: int) -> Population:
        """Return the population of a rung, or of as much of it as the budget allows."""
        from bonsai_compiler.growth.pool import load_stage

        stage = load_stage(self.begun.stage) if self.begun.stage else None
        with watching(self.task.name, len(self.recipes)) as watcher:

            def report(progress: Progress, stage: Stage) -> bool:
                spent = time.perf_counter() - self.started
                rows = self.begun.rows
                rows += as_rows(number, progress, rows)
                self.begun = replace(self.begun, rows=rows, seconds=spent, stage=stage.dump())
                self.keeper.keep(self.begun)
                hopeful = progress.solved > 0 or progress.mistakes <= HOPEFUL
                left = self.budget.limit(hopeful=hopeful) - spent
                watcher(self.begun.rows, progress.pace, left)
                self.struck = stage.phase != "done" and left <= 0.0
                return not self.struck

            return grow_population(
                self.task, self.source, recipe, self.settings, report, stage, self.begun.lessons
            )

    def chosen(self, networks: Sequence[Network], order: Sequence[int]) -> Choice:
        """Return the choice among networks, and count the time that it takes."""
        since = time.perf_counter()
        task = self.task
        name = identifier(task.name)
        choice = choose(networks, order, self.tuning, name, task.inputs, task.outputs, task.ports)
        self.seconds["compile"] += time.perf_counter() - since
        return choice

    def lessons(self, population: Population, order: Sequence[int]) -> tuple[tuple[int, ...], ...]:
        """Return the lessons so far, and the shortest counterexamples to the best networks."""
        task, found = self.task, set(self.begun.lessons)
        if not task.has_step or not task.inputs:
            return self.begun.lessons
        name = identifier(task.name)
        for number in order[:LESSONS]:
            network = population.networks[number]
            lifted = lift(network, name, task.inputs, task.outputs, task.ports)
            failing = self.judge.explore(lifted).failing
            if failing is not None and len(failing) <= LONGEST_LESSON:
                found.add(tuple(map(int, failing)))
        return tuple(sorted(found))


def _with_lessons(recipe: Recipe, begun: Checkpoint) -> Recipe:
    """Return the recipe with sequences long enough to reach where the lessons failed."""
    longest = max(map(len, begun.lessons), default=0)
    return replace(recipe, ticks=max(recipe.ticks, longest))


def _summary(name: str, number: int, rungs: int, rung: Rung, choice: Choice | None) -> str:
    learned = f"{rung.solved} of {rung.replicas} replicas learned {name}"
    compiled = f", {choice.settled} of {choice.tried} compiled settled" if choice else ""
    return f"rung {number} of {rungs}: {learned}{compiled}"
