"""Attempt after attempt: each recipe is grown and compiled in turn until a network is proved."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bonsai_compiler.growth.log import Attempt
from bonsai_compiler.growth.recipe import TableRecipe
from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.ir.names import identifier
from bonsai_compiler.networks.lift import lift
from bonsai_compiler.networks.network import Network
from bonsai_compiler.oracle.oracle import Oracle
from bonsai_compiler.passes.journal import Journal, short_name
from bonsai_compiler.passes.manager import Manager
from bonsai_compiler.schedule.budget import HOPEFUL, budget_for
from bonsai_compiler.schedule.checkpoint import Checkpoint, Keeper
from bonsai_compiler.schedule.origin import Origin
from bonsai_compiler.schedule.populations import as_rows, grow_population, less_pruned, promising
from bonsai_compiler.schedule.progress import watching
from bonsai_compiler.schedule.selection import Choice, choose
from bonsai_compiler.schedule.settings import Settings, recipes
from bonsai_compiler.specification.machine import Machine
from bonsai_compiler.specification.task import Task
from bonsai_compiler.system.deadline import Deadline
from bonsai_compiler.system.terminal import log
from bonsai_compiler.workers.here import HERE
from bonsai_compiler.workers.interface import Workers

if TYPE_CHECKING:
    from bonsai_compiler.growth.stage import TableStage
    from bonsai_compiler.training import Examples, Population, Progress, Recipe
    from bonsai_compiler.training.pool import Stage

NEARLY = 0.005
"""The share of wrong signs up to which a network may be mended so."""


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What a search came to: the choice, how it was grown, and until when it may be worked on.

    `attempts` are as many as there were to make; there is `more` to be had where the budget ended
    it.
    """

    choice: Choice
    grown: Origin
    deadline: Deadline
    attempts: int
    more: bool


def find_network(
    task: Task,
    source: Machine | Examples,
    oracle: Oracle,
    settings: Settings,
    keeper: Keeper,
    workers: Workers = HERE,
) -> Found:
    """Return the smallest proved network of the first attempt that has one, and how it was grown.

    `source` is what networks learn from, and `workers` grow them.

    Where no attempt has one before the budget ends, the network that came nearest is returned.
    """
    begun = keeper.load() if settings.resume else Checkpoint()
    return _Search(task, source, oracle, settings, keeper, workers, begun).run()


def _won(attempt: Attempt) -> bool:
    """Return whether an attempt has what is searched for: one that learned, pruned and settled.

    Less may do where no attempt has that.
    """
    return attempt.settled > 0 and attempt.solved > 0


class _Search:
    """One search, from a checkpoint on.

    `kept` is where it would go on after it was stopped, and `done` what came of it so far: an
    attempt that the budget cut short is done, and yet is gone on with where there is more time.
    """

    def __init__(
        self,
        task: Task,
        source: Machine | Examples,
        oracle: Oracle,
        settings: Settings,
        keeper: Keeper,
        workers: Workers,
        begun: Checkpoint,
    ) -> None:
        self.task, self.settings, self.keeper = task, settings, keeper
        self.workers = workers
        if begun.ended:
            begun = replace(begun, ended=False, seconds=0.0)
        self.kept = self.done = begun
        self.manager = Manager(oracle, Journal(begun.journal, self.compiled_on))
        self.source = source
        self.recipes = recipes(task, self.source, settings)
        most = max(getattr(recipe, "populations", 1) for recipe in self.recipes)
        self.budget = budget_for(self.source, settings, most)
        self.started = self.budget.clock() - begun.seconds
        self.deadline = self.budget.deadline(begun.seconds)
        self.struck = False
        self.seconds = {"grow": 0.0, "compile": 0.0}

    @property
    def spent(self) -> float:
        """The seconds of the budget that are over."""
        return self.budget.clock() - self.started

    def keep(self, **changes: Any) -> None:
        """Change what would be gone on from, and see to it that it is written down."""
        self.kept = replace(self.kept, **changes, seconds=self.spent)
        self.keeper.keep(self.kept)

    def compiled_on(self) -> None:
        """Keep what was compiled."""
        self.keep(journal=self.manager.journal.entries)

    @property
    def over(self) -> bool:
        """Whether no further attempt is made."""
        attempts = self.done.attempts
        # One that only snapping mended was never pruned: the next attempt can do better.
        return (
            self.struck
            or len(attempts) == len(self.recipes)
            or bool(attempts and _won(attempts[-1]))
        )

    def run(self) -> Found:
        """Return what `find_network` promises."""
        choice = None
        while not self.over:
            choice = self.make_attempt()
        attempts = self.done.attempts

        def merit(place: int) -> tuple[bool, bool, float]:
            attempt = attempts[place]
            return not _won(attempt), not attempt.settled, attempt.mistakes

        winner = min(range(len(attempts)), key=merit)
        if choice is None or winner != len(attempts) - 1:
            choice = self.chosen(self.recipes[winner], [self.done.fallbacks[winner]], [0], [])
        struck = self.struck or self.kept.struck
        grown = Origin(
            seed=self.settings.seed,
            attempt=winner + 1 if choice.settled else None,
            attempts=attempts,
            replicas=attempts[winner].replicas,
            solved=attempts[winner].solved,
            engine=self.kept.engine or None,
            device=self.kept.device or None,
            seconds={name: round(value, 3) for name, value in self.seconds.items()},
            budget=self.budget.seconds,
            struck=struck,
            rows=self.kept.rows,
        )
        more = self.struck and not _won(attempts[winner])
        return Found(choice, grown, self.deadline, len(self.recipes), more)

    def make_attempt(self) -> Choice | None:
        """Grow and compile the next attempt; return what was chosen, if anything was worth it."""
        number = len(self.kept.attempts) + 1
        recipe = self.recipes[number - 1]
        population = self.grow(recipe, number)
        self.seconds["grow"] += population.seconds
        order = promising(population)
        choice, best = None, order[0]
        if population.mistakes[best] <= NEARLY:
            everything = population.networks
            choice = self.chosen(recipe, everything, order, less_pruned(population))
            best = choice.number
            self.struck = self.struck or choice.cut
        attempt = Attempt(
            replicas=population.replicas or recipe.replicas,
            solved=population.solved,
            resets=population.resets,
            steps=population.steps,
            mistakes=float(population.mistakes[best]),
            settled=choice.settled if choice else 0,
        )
        log(_summary(self.task.name, number, len(self.recipes), attempt, choice))
        fallbacks = (*self.kept.fallbacks, population.networks[best])
        self.done = replace(
            self.kept,
            attempts=(*self.kept.attempts, attempt),
            fallbacks=fallbacks,
            stage=None,
        )
        if _won(attempt) or not self.struck:
            self.manager.journal.only({short_name(self.lifted(network)) for network in fallbacks})
            self.kept = replace(self.done, journal=self.manager.journal.entries)
        if not self.over:
            limit = self.budget.limit(hopeful=attempt.mistakes <= HOPEFUL)
            self.struck = self.spent >= limit
        self.keep(struck=self.struck or self.kept.struck)
        return choice

    def grow(self, recipe: TableRecipe | Recipe, number: int) -> Population:
        """Return the population of an attempt, or of as much of it as the budget allows."""
        hopeful = False
        with watching(self.task.name, len(self.recipes)) as watcher:

            def pause(stage: TableStage | Stage) -> bool:
                self.keep(stage=stage)
                self.struck = self.spent >= self.budget.limit(hopeful=hopeful)
                return not self.struck

            def report(progress: Progress, stage: TableStage | Stage) -> bool:
                nonlocal hopeful
                row = progress.row
                hopeful = row.solved > 0 or row.mistakes <= HOPEFUL
                rows = as_rows(number, progress, self.kept.rows)
                self.keep(stage=stage, rows=rows)
                left = self.budget.limit(hopeful=hopeful) - self.spent
                watcher(self.kept.rows, progress.pace, left)
                self.struck = stage.phase != "done" and left <= 0.0
                return not self.struck

            population = grow_population(
                self.task,
                self.source,
                recipe,
                self.settings,
                self.workers,
                report,
                pause,
                self.kept.stage,
            )
        self.keep(engine=population.engine, device=population.device)
        return population

    def chosen(
        self,
        recipe: TableRecipe | Recipe,
        networks: Sequence[Network],
        order: Sequence[int],
        less_pruned: Sequence[int],
    ) -> Choice:
        """Return the choice among a recipe's networks, and count the time that it takes."""
        since = time.perf_counter()
        choice = choose(
            networks,
            order,
            less_pruned,
            self.lifted,
            self.manager,
            self.deadline,
            exact=isinstance(recipe, TableRecipe),
            smallest=recipe.smallest if isinstance(recipe, TableRecipe) else "weights",
        )
        self.seconds["compile"] += time.perf_counter() - since
        return choice

    def lifted(self, network: Network) -> Graph:
        """Return a network as a graph with the names of the task."""
        task = self.task
        return lift(network, identifier(task.name), task.inputs, task.outputs, task.ports)


def _summary(name: str, number: int, attempts: int, attempt: Attempt, choice: Choice | None) -> str:
    learned = f"{attempt.solved} of {attempt.replicas} replicas learned {name}"
    compiled = f"; {choice.settled} of {choice.tried} candidates settled" if choice else ""
    return f"attempt {number} of {attempts}: {learned}{compiled}"
