"""Cases of descent, on a table and in sequences, and what engines have to do with them."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from bonsai_compiler.growth.architecture import Architecture, initial_population
from bonsai_compiler.growth.descent import Descent, Learners, learners_of
from bonsai_compiler.growth.recipe import Pace
from bonsai_compiler.growth.table import Table
from bonsai_compiler.ir.activation import Activation

STEPS = 3
BENT, STRAIGHT, SMOOTH = (Activation("ameo", factor, 0.1) for factor in (0.2, 1.0, 0.0))


@dataclass(frozen=True)
class Sizes:
    """What a random case is made of."""

    inputs: int = 2
    bits: int = 2
    hidden: int = 4
    outputs: int = 2
    rows: int = 9
    batch: int = 256
    replicas: int = 3
    activation: Activation = BENT
    asks: float = 0.8
    pull: float = 0.0
    ticks: int = 1
    step: tuple[float, float, float] = (0.0, 0.0, 1.0)


CASES = {
    "all rows, an odd number": Sizes(),
    "one row": Sizes(rows=1),
    "no inputs": Sizes(inputs=0, activation=STRAIGHT),
    "no states": Sizes(bits=0, hidden=2, activation=SMOOTH),
    "neither": Sizes(inputs=0, bits=0, outputs=1, rows=1),
    "no hidden neurons": Sizes(hidden=0, inputs=3),
    "more rows than a chunk, of one replica": Sizes(rows=37, replicas=1, inputs=3),
    "more rows than a batch": Sizes(rows=41, batch=19, hidden=6, outputs=3),
    "more replicas than lanes": Sizes(replicas=11, hidden=2, rows=5),
    "a pull": Sizes(pull=0.3, activation=STRAIGHT),
    "nothing asked": Sizes(asks=0.0, pull=0.1),
    "sequences": Sizes(rows=9 * 5, ticks=5),
    "sequences without hidden neurons, more than a chunk": Sizes(
        rows=19 * 3, ticks=3, hidden=0, bits=3, activation=SMOOTH
    ),
    "sequences without inputs, drawn": Sizes(rows=12 * 4, ticks=4, inputs=0, batch=5, hidden=2),
    "sequences without states": Sizes(rows=12, ticks=4, bits=0, hidden=2),
    "a step that pulls": Sizes(step=(0.4, 0.3, 5.0), pull=0.1),
}
SMALL = {
    "tiny": Sizes(inputs=1, bits=1, hidden=2, outputs=1, rows=3, replicas=1, pull=0.1),
    "tiny, without hidden neurons": Sizes(hidden=0, bits=1, rows=3, batch=2, replicas=2),
    "tiny sequences": Sizes(
        inputs=1, bits=1, hidden=2, outputs=1, rows=4, ticks=2, replicas=1, step=(0.2, 0.1, 4.0)
    ),
    "tiny, without states": Sizes(inputs=1, bits=0, hidden=2, outputs=1, rows=2, replicas=1),
}
CASES |= SMALL


@dataclass(frozen=True)
class Case:
    """Learners that have some masks, some codes, and moments of 5 steps; and what they learn."""

    architecture: Architecture
    learners: Learners
    table: Table
    order: npt.NDArray[np.int32]
    pace: Pace


Found = tuple[Learners, npt.NDArray[Any]]


def table_of(sizes: Sizes, rng: np.random.Generator) -> Table:
    states = 1 if sizes.bits == 0 else 3
    asked = rng.random((sizes.rows, sizes.outputs)) < sizes.asks
    after = rng.integers(0, states, sizes.rows)
    return Table(
        rng.choice([-1.0, 1.0], (sizes.rows, sizes.inputs)).astype(np.float32),
        (rng.choice([-1.0, 1.0], asked.shape) * asked).astype(np.float32),
        rng.integers(0, states, sizes.rows).astype(np.int32),
        np.where(rng.random(sizes.rows) < sizes.asks, after, -1).astype(np.int32),
        states,
        sizes.ticks,
    )


@lru_cache
def case(name: str) -> Case:
    sizes = CASES[name]
    rng = np.random.default_rng(sorted(CASES).index(name))
    table = table_of(sizes, rng)
    architecture = Architecture(
        sizes.inputs, sizes.bits, sizes.hidden, sizes.outputs, sizes.activation
    )
    shape = sizes.replicas, architecture.parameters
    # Wider than usual, so that every piece of the activation is met; but through ticks what single
    # precision rounds away would grow.
    wide = 2.0 if sizes.ticks == 1 else 0.8
    population = wide * initial_population(architecture, sizes.replicas, rng)
    masks = architecture.real() & (rng.random(shape) < 0.8)
    codes = rng.choice([-1.0, 0.0, 1.0], (sizes.replicas, table.states, sizes.bits))
    first, second = rng.normal(0.0, 0.1, (2, *shape)).astype(np.float32)
    learners = replace(
        learners_of(population, masks, codes.astype(np.float32)),
        first=first * masks,
        second=second**2 * masks,
        steps=5,
    )
    order = table.drawn(STEPS, sizes.batch, rng)[1]
    return Case(architecture, learners, table, order, Pace(0.01, sizes.pull, sizes.step))


def descended(given: Case, descent: Descent) -> Found:
    return descent.descend(given.architecture, given.learners, given.table, given.order, given.pace)


class PlainDescent:
    """What both engines have to do, in double precision."""

    device = "PYTHON"

    def descend(self, architecture: Any, learners: Any, table: Any, order: Any, pace: Any) -> Found:
        given = Case(architecture, learners, table, order, pace)
        p, m, v = (
            getattr(learners, name).astype(np.float64) for name in ("parameters", "first", "second")
        )
        losses = np.zeros(len(learners))
        for step, rows in enumerate(order, learners.steps + 1):
            losses, gradient = plain_slopes(given, p, rows)
            slope = learners.masks * (gradient + pulled(architecture, p, pace))
            m = 0.9 * m + 0.1 * slope
            v = 0.999 * v + 0.001 * slope**2
            p = p - pace.rate * (m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8)
        moved = Learners(p, learners.masks, m, v, learners.codes, learners.steps + len(order))
        return moved, losses


def pulled(shape: Architecture, p: Any, pace: Pace) -> Any:
    """The slope of the regulariser: of L1, and of the article's step but for biases."""
    intensity, threshold, steepness = pace.step

    def amount(size: Any) -> Any:
        return intensity * np.tanh((size - threshold) * steepness) * shape.weights()

    size, small = np.abs(p), 1e-6
    steps = (amount(size + small) - amount(size - small)) / (2 * small)
    return np.where(p < 0, -1.0, 1.0) * (pace.pull + steps)


def plain_slopes(given: Case, population: Any, runs: Any) -> tuple[Any, Any]:
    """The losses on some runs, and their gradients: backpropagation as the text has it."""
    shape, table, codes, bits = (
        given.architecture,
        given.table,
        given.learners.codes,
        given.architecture.bits,
    )
    hidden, last = shape.layers(population.astype(np.float64))
    count = len(runs) * table.ticks

    def slope(x: Any) -> Any:
        return (shape.activation(x + 1e-6) - shape.activation(x - 1e-6)) / 2e-6

    state, losses, kept = codes[:, table.before[runs * table.ticks]], 0.0, []
    for tick in range(table.ticks):
        rows = runs * table.ticks + tick
        read = np.zeros((len(population), len(runs), shape.reads))
        read[:, :, 0] = 1.0
        read[:, :, 1 : 1 + shape.inputs] = table.x[rows]
        read[:, :, shape.state_rows] = state
        below = read @ hidden
        full = np.concatenate([read, shape.activation(below)], axis=2)
        above = full @ last
        missed = shape.activation(above)
        state = missed[:, :, :bits].copy()
        end = tick + 1 == table.ticks
        missed[:, :, :bits] -= codes[:, table.after[rows]]
        missed[:, :, :bits] *= end * (table.after[rows] >= 0)[:, None]
        missed[:, :, bits:] = (missed[:, :, bits:] - table.y[rows]) * (table.y[rows] != 0)
        losses = losses + (missed**2).sum((1, 2)) / count
        kept.append((read, below, full, above, missed))
    parts = [np.zeros(hidden.shape), np.zeros(last.shape)]
    later = np.zeros(state.shape)
    for read, below, full, above, missed in reversed(kept):
        back = 2.0 * missed / count
        back[:, :, :bits] += later
        back *= slope(above)
        further = (back @ last[:, shape.reads :].swapaxes(1, 2)) * slope(below)
        parts[0] += read.swapaxes(1, 2) @ further
        parts[1] += full.swapaxes(1, 2) @ back
        through = back @ last[:, : shape.reads].swapaxes(1, 2) + further @ hidden.swapaxes(1, 2)
        later = through[:, :, shape.state_rows]
    gradient = np.concatenate([part.reshape(len(population), -1) for part in parts], axis=1)
    return losses, gradient
