"""Machines and small populations that tests of growth from a table share."""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import pytest
from machines import delay2, loop3, modulo3, stack, tabulate

from bonsai_compiler.growth.grow import grow
from bonsai_compiler.growth.progress import Population, Progress
from bonsai_compiler.growth.recipe import Recipe
from bonsai_compiler.growth.stage import Stage
from bonsai_compiler.growth.table import table_of
from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.networks.lift import lift
from bonsai_compiler.networks.network_file import dump_network
from bonsai_compiler.schedule import search
from bonsai_compiler.specification.cover import cover
from bonsai_compiler.specification.machine import Machine, minimized

SMALL = Recipe(replicas=16, generations=2, prunings=12, pruning_steps=30, steps=1500)


def random_machine() -> Machine:
    """Six states, two inputs."""
    rng = np.random.default_rng(6)
    table = rng.integers(0, 6, (6, 4)), rng.integers(0, 2, (6, 4))
    return tabulate(
        lambda state, a, b: (int(table[0][state, 2 * a + b]), bool(table[1][state, 2 * a + b])),
        0,
        2,
    )


def careless() -> Machine:
    """Letters that are illegal, and outputs that may be anything."""
    return tabulate(
        lambda state, a, b: ((state + a - b) % 4, (None if a else state == 3, state > 1)),
        0,
        2,
        outputs=2,
        legal=lambda state, a, b: not (a and b) and not (state == 2 and b),
    )


def gate() -> Machine:
    """One state, and exclusive or."""
    return tabulate(lambda state, a, b: (0, a != b), 0, 2)


def bounded() -> Machine:
    """Whether three were true so far, for four ticks."""
    counting = tabulate(lambda n, x: (min(n + x, 6), n == 3), 0, 1)
    return minimized(cover(replace(counting, horizon=4)))


def constant() -> Machine:
    """One state, no inputs."""
    return tabulate(lambda state: (0, True), 0, 0)


MACHINES: dict[str, Callable[[], Machine]] = {
    make.__name__: make
    for make in (
        delay2,
        modulo3,
        loop3,
        stack,
        random_machine,
        careless,
        gate,
        bounded,
        constant,
    )
}


class Seen:
    """A report that keeps what it was told."""

    def __init__(self) -> None:
        self.progress: list[Progress] = []
        self.stages: list[Stage] = []

    def __call__(self, progress: Progress, stage: Stage) -> bool:
        self.progress.append(progress)
        self.stages.append(stage)
        return True


@lru_cache
def grown(name: str) -> tuple[Population, Seen]:
    seen = Seen()
    return grow(table_of(MACHINES[name]()), (), SMALL, 0, report=seen), seen


def lifted(population: Population, machine: Machine, place: int) -> Graph:
    return lift(population.networks[place], "net", machine.inputs, machine.outputs)


def texts(population: Population) -> list[str]:
    return [dump_network(network) for network in population.networks]


def reporting(monkeypatch: pytest.MonkeyPatch, told: Callable[[], None]) -> None:
    """Have `told` called where growth reports a unit of work."""
    grow_population = search.grow_population

    def growing(*given: Any) -> Any:
        *before, report, pause, stage = given

        def reported(*progress: Any) -> bool:
            told()
            return report(*progress)

        return grow_population(*before, reported, pause, stage)

    monkeypatch.setattr(search, "grow_population", growing)
