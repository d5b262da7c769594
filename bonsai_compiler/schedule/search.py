"""Grow networks by a recipe, compile what promises to be small, and choose: one search."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any

from bonsai_compiler.growth.log import Attempt
from bonsai_compiler.growth.progress import Population, Progress
from bonsai_compiler.growth.sequences import Examples
from bonsai_compiler.growth.stage import Stage
from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.ir.names import identifier
from bonsai_compiler.networks.lift import lift
from bonsai_compiler.networks.network import Network
from bonsai_compiler.oracle.oracle import Oracle
from bonsai_compiler.passes.journal import Journal
from bonsai_compiler.passes.manager import Manager
from bonsai_compiler.schedule.budget import HOPEFUL, budget_for
from bonsai_compiler.schedule.checkpoint import Checkpoint, Keeper
from bonsai_compiler.schedule.origin import Origin
from bonsai_compiler.schedule.populations import grow_population, promising
from bonsai_compiler.schedule.progress import watching
from bonsai_compiler.schedule.selection import Choice, choose
from bonsai_compiler.schedule.settings import Settings, recipe_for
from bonsai_compiler.specification.machine import Machine
from bonsai_compiler.specification.task import Task
from bonsai_compiler.system.deadline import Deadline
from bonsai_compiler.system.terminal import log
from bonsai_compiler.workers.here import HERE
from bonsai_compiler.workers.interface import Workers

NEARLY = 0.005
"""The share of wrong rows up to which several networks are compiled, for one may be mended so."""


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What a search came to: the choice, how it was grown, and until when it may be worked on.

    There is `more` to be had where the budget ended it.
    """

    choice: Choice
    grown: Origin
    deadline: Deadline
    more: bool


def find_network(
    task: Task,
    source: Machine | Examples,
    oracle: Oracle,
    settings: Settings,
    keeper: Keeper,
    workers: Workers = HERE,
) -> Found:
    """Return the smallest proved network of those that are grown, and how it was grown.

    `source` is what networks learn from, and `workers` grow them. Where none is proved before the
    budget ends, the network that came nearest is returned.
    """
    begun = keeper.load() if settings.resume else Checkpoint()
    return _Search(task, source, oracle, settings, keeper, workers, begun).run()


class _Search:
    """One search, from a checkpoint on; `kept` is where it would go on after it was stopped."""

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
        self.task, self.source, self.settings = task, source, settings
        self.keeper, self.workers = keeper, workers
        if begun.ended:
            begun = replace(begun, ended=False, seconds=0.0)
        self.kept = begun
        self.manager = Manager(oracle, Journal(begun.journal, self.compiled_on))
        self.recipe = recipe_for(task, source, settings)
        self.budget = budget_for(source, settings, self.recipe)
        self.started = self.budget.clock() - begun.seconds
        self.deadline = self.budget.deadline(begun.seconds)
        self.struck = False

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

    def run(self) -> Found:
        """Return what `find_network` promises."""
        population = self.grow()
        order = promising(population)
        if population.mistakes[order[0]] > NEARLY:
            order = order[:1]
        since = time.perf_counter()
        choice = choose(
            population.networks,
            order,
            self.lifted,
            self.manager,
            self.deadline,
            exact=not self.recipe.ticks,
            smallest=self.recipe.smallest,
        )
        seconds = {"grow": population.seconds, "compile": time.perf_counter() - since}
        self.struck = self.struck or choice.cut
        self.keep(struck=self.struck or self.kept.struck)
        came = Attempt(
            replicas=population.replicas,
            solved=population.solved,
            resets=population.resets,
            steps=population.steps,
            mistakes=float(population.mistakes[choice.number]),
            settled=choice.settled,
        )
        learned = f"{came.solved} of {came.replicas} replicas learned {self.task.name}"
        log(f"{learned}; {choice.settled} of {choice.tried} candidates settled")
        grown = Origin(
            seed=self.settings.seed,
            attempt=1 if choice.settled else None,
            attempts=(came,),
            replicas=came.replicas,
            solved=came.solved,
            engine=self.kept.engine or None,
            device=self.kept.device or None,
            seconds={name: round(value, 3) for name, value in seconds.items()},
            budget=self.budget.seconds,
            struck=self.kept.struck,
            rows=self.kept.rows,
        )
        # One that only snapping mended was never pruned: with more time there may be a better one.
        more = self.struck and not (choice.settled and came.solved)
        return Found(choice, grown, self.deadline, more)

    def grow(self) -> Population:
        """Return the population of the recipe, or of as much of it as the budget allows."""
        hopeful = False
        with watching(self.task.name) as watcher:

            def pause(stage: Stage) -> bool:
                self.keep(stage=stage)
                self.struck = self.spent >= self.budget.limit(hopeful=hopeful)
                return not self.struck

            def report(progress: Progress, stage: Stage) -> bool:
                nonlocal hopeful
                row = progress.row
                hopeful = row.solved > 0 or row.mistakes <= HOPEFUL
                self.keep(stage=stage, rows=progress.rows)
                left = self.budget.limit(hopeful=hopeful) - self.spent
                watcher(progress.rows, progress.pace, left)
                self.struck = stage.phase != "done" and left <= 0.0
                return not self.struck

            population = grow_population(
                self.task,
                self.source,
                self.recipe,
                self.settings,
                self.workers,
                report,
                pause,
                self.kept.stage,
            )
        self.keep(engine=population.engine, device=population.device)
        return population

    def lifted(self, network: Network) -> Graph:
        """Return a network as a graph with the names of the task."""
        task = self.task
        return lift(network, identifier(task.name), task.inputs, task.outputs, task.ports)
