"""Whether networks do what a table asks, on every row."""

import numpy as np
import numpy.typing as npt

from bonsai_compiler.growth.architecture import Architecture, Population
from bonsai_compiler.growth.table import Table

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.float32]
"""The codes of replicas: (replicas, states, bits)."""

MARGIN = 1e-6
"""How far a value keeps from where it would be read as another: sums may be taken in any order."""

ELEMENTS = 1 << 24
"""How many numbers are computed at once, so that memory stays bounded."""

FIRST_ROWS, MORE_ROWS = 32, 4
"""Exactness is first decided on so many rows, then each time on so many times as many."""


def bounds_of(codes: Codes) -> tuple[Floats, Floats]:
    """Return what each bit of a state lies between, (replicas, states, bits) each.

    A state goes to the nearest level of its own, so that what lies within is the code itself.
    """
    order = np.argsort(codes, axis=1, kind="stable")
    replicas, _, bits = np.ogrid[tuple(map(slice, codes.shape))]
    ladder = codes.astype(np.float64)[replicas, order, bits]
    middles = (ladder[:, 1:] + ladder[:, :-1]) / 2
    rises = np.diff(ladder, axis=1) > 0
    # What lies between a level and the next one below or above bounds all states of that level.
    sorted_low, sorted_high = np.full(codes.shape, -np.inf), np.full(codes.shape, np.inf)
    below, above = np.where(rises, middles, -np.inf), np.where(rises, middles, np.inf)
    sorted_low[:, 1:] = np.maximum.accumulate(below, axis=1)
    sorted_high[:, :-1] = np.minimum.accumulate(above[:, ::-1], axis=1)[:, ::-1]
    low, high = np.empty(codes.shape), np.empty(codes.shape)
    low[replicas, order, bits], high[replicas, order, bits] = (
        sorted_low + MARGIN,
        sorted_high - MARGIN,
    )
    return low, high


def mistakes(
    architecture: Architecture, population: Population, codes: Codes, table: Table
) -> npt.NDArray[np.float64]:
    """Return (replicas,): the share of rows on which a network is wrong; 1.0 where one overflows.

    A row is right if each output that counts has the sign that is asked, and each bit of state
    goes to the code of the state that is next.
    """
    wrong = np.empty(len(population))
    per_replica = max(1, len(table) * (architecture.rows + architecture.columns))
    step = max(1, ELEMENTS // per_replica)
    for start in range(0, len(population), step):
        part = slice(start, start + step)
        wrong[part] = _wrong(architecture, population[part], codes[part], table)
    return wrong


def are_exact(
    architecture: Architecture, population: Population, codes: Codes, table: Table
) -> npt.NDArray[np.bool_]:
    """Return (replicas,): whether a network has no mistakes.

    Of one that is wrong on some of the first rows the others are not computed: most that are asked
    about are wrong on many.
    """
    exact = np.ones(len(population), bool)
    start, count = 0, max(1, FIRST_ROWS // table.ticks)
    while start < table.runs:
        part = table.part(slice(start, start + count))
        exact[exact] = mistakes(architecture, population[exact], codes[exact], part) == 0.0
        start, count = start + count, count * MORE_ROWS
    return exact


def results(
    architecture: Architecture, population: Population, codes: Codes, table: Table
) -> Floats:
    """Return (replicas, rows, columns): the next bits of state and the outputs of each row."""
    hidden, last = architecture.layers(population.astype(np.float64))
    runs, ticks, reads = table.runs, table.ticks, architecture.reads
    given = np.zeros((len(population), runs, architecture.rows))
    given[:, :, 0] = 1.0
    found = np.empty((len(population), runs, ticks, architecture.columns))
    state = codes[:, table.before[::ticks]].astype(np.float64)
    for tick in range(ticks):
        given[:, :, 1 : 1 + architecture.inputs] = table.x[tick::ticks]
        given[:, :, architecture.state_rows] = state
        given[:, :, reads:] = architecture.activation(given[:, :, :reads] @ hidden)
        found[:, :, tick] = architecture.activation(given @ last)
        state = found[:, :, tick, : architecture.bits]
    return found.reshape(len(population), runs * ticks, architecture.columns)


def _wrong(
    architecture: Architecture, population: Population, codes: Codes, table: Table
) -> npt.NDArray[np.float64]:
    low, high = (bounds.take(table.after, axis=1) for bounds in bounds_of(codes))
    with np.errstate(over="ignore", invalid="ignore"):
        found = results(architecture, population, codes, table)
    states, outputs = found[:, :, : architecture.bits], found[:, :, architecture.bits :]
    right = ((states > low) & (states < high)).all(2) | (table.after < 0)
    right &= ((outputs * table.y > MARGIN) | (table.y == 0.0)).all(2)
    return np.where(np.isfinite(found).all((1, 2)), 1.0 - right.mean(1), 1.0)
