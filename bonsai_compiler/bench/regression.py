"""What `bench growth` has every engine do: networks of one shape that learn the table of a task."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bonsai_compiler.growth import codes
from bonsai_compiler.growth.architecture import Architecture, initial_population
from bonsai_compiler.growth.descent import Learners, learners_of
from bonsai_compiler.growth.recipe import Pace, Recipe
from bonsai_compiler.growth.table import Table, table_of
from bonsai_compiler.schedule.settings import source_of
from bonsai_compiler.specification.machine import Machine, minimized
from bonsai_compiler.specification.task_file import load_task
from bonsai_compiler.system.reading import bundled_folder

NETWORKS = {
    "small": ("mini_cpu.py", 8),
    "middle": ("scaling/random_32_2_2.py", 44),
    "large": ("scaling/random_128_1_1.py", 84),
}
"""The task that each learns, and its hidden neurons: as many as growing begins with."""

KEPT = 0.8
"""The share of weights that masks leave, as while networks are pruned."""

RECIPE = Recipe()


@dataclass(frozen=True, eq=False)
class Regression:
    """Networks, the table they learn, all rows of it a step, and the pace."""

    architecture: Architecture
    learners: Learners
    table: Table
    pace: Pace

    def order(self, steps: int) -> npt.NDArray[np.int32]:
        """Return (steps, rows), which are the same for every step."""
        return self.table.drawn(steps, len(self.table), np.random.default_rng(0))[1]

    def one(self) -> Regression:
        """Return the first network alone, on as many rows as all of them have."""
        table, times = self.table, len(self.learners)
        rows = np.tile(np.arange(len(table)), times)
        long = Table(table.x[rows], table.y[rows], table.before[rows], table.after[rows], 0)
        alone = self.learners.take(np.arange(1))
        return replace(self, learners=alone, table=replace(long, states=table.states))


def regression(network: str, replicas: int, *, pruning: bool = True) -> Regression:
    """Return networks with codes of random corners; while pruning, with masks and a pull."""
    name, hidden = NETWORKS[network]
    source = source_of(load_task(Path(bundled_folder("tasks"), name)))
    assert isinstance(source, Machine)
    table, rng = table_of(minimized(source)), np.random.default_rng(0)
    bits = codes.fewest_bits(table.states)
    activation = RECIPE.activation(RECIPE.factors[0])
    shape = Architecture(table.x.shape[1], bits, hidden, table.y.shape[1], activation)
    drawn = [codes.random_corners(table.states, bits, rng) for _ in range(replicas)]
    population = initial_population(shape, replicas, rng)
    masks = np.tile(shape.real(), (replicas, 1))
    if pruning:
        masks &= rng.random(masks.shape) < KEPT
    pace = Pace(RECIPE.learning_rate, RECIPE.pulls[1] if pruning else 0.0)
    return Regression(shape, learners_of(population, masks, np.stack(drawn)), table, pace)


def multiply_adds(shape: Architecture, rows: int) -> int:
    """Return the multiply-adds of a step of one network: forward, and back to all gradients.

    Each weight and bias takes one in its sum and one in its gradient, on each row, and what reads
    the hidden layer one more on the way back. Padding, activations and Adam are not counted.
    """
    return rows * (2 * int(shape.real().sum()) + shape.hidden * shape.columns)
