"""Tables of small integers: one axis for each argument, DONT_CARE where nothing is asked for.

A table can lose an argument, or have several made one, wherever its don't-cares allow.
"""

import math
from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations, product

import numpy as np
import numpy.typing as npt

DONT_CARE = -1
MOST_CHOICES = 5_000
"""How many choices of arguments are tried, to find the fewest that decide a result."""

BEYOND = np.iinfo(np.int16).max

Table = npt.NDArray[np.int16]
Places = tuple[int, ...]
Rows = npt.NDArray[np.int64]


def without(table: Table, places: Places) -> Table | None:
    """Return the table without some of its arguments, None where the result depends on them."""
    most = table.max(axis=places)
    least = np.where(table == DONT_CARE, BEYOND, table).min(axis=places)
    return most if (least >= most).all() else None


def supports(table: Table, most: int = 1) -> tuple[Places, ...]:
    """Return choices of the fewest arguments that decide the result, so many at most."""
    return _supports(table.tobytes(), table.shape, most)


@lru_cache(maxsize=65536)
def _supports(data: bytes, shape: tuple[int, ...], most: int) -> tuple[Places, ...]:
    table = np.frombuffer(data, dtype=np.int16).reshape(shape)
    places = range(table.ndim)
    needed = _needed(table)
    optional = [place for place in places if place not in needed]
    for width in range(len(optional) + 1):
        found: list[Places] = []
        for some in combinations(optional, width):
            dropped = tuple(place for place in optional if place not in some)
            if not dropped or without(table, dropped) is not None:
                found.append(tuple(place for place in places if place not in dropped))
            if len(found) == most:
                break
        if found:
            return tuple(found)
    raise AssertionError("all arguments together decide the result")


def _needed(table: Table) -> set[int]:
    """Return the arguments that the result depends on while all others stay as they are."""
    axes, others = _neighbours(table.shape)
    flat = table.reshape(-1)
    beside = flat[others]
    apart = ((beside != flat) & (beside != DONT_CARE) & (flat != DONT_CARE)).any(axis=1)
    return set(axes[apart].tolist())


@lru_cache(maxsize=256)
def _neighbours(shape: tuple[int, ...]) -> tuple[Rows, Rows]:
    """Return the entries that differ from each entry in one argument, and which that is.

    The first (n,) names the argument, the second (n, entries) the entries.
    """
    index = np.arange(math.prod(shape)).reshape(shape)
    steps = [(axis, step) for axis, count in enumerate(shape) for step in range(1, count // 2 + 1)]
    rolled = [np.roll(index, step, axis).reshape(-1) for axis, step in steps]
    others = np.array(rolled, dtype=np.int64).reshape(len(steps), index.size)
    return np.array([axis for axis, _ in steps], dtype=np.int64), others


def halves(table: Table, bound: Places) -> Iterator[tuple[Table, Table]]:
    """Yield ways to make some of the arguments one that is 0 or 1: what it is, and the rest.

    The first table is over the arguments at `bound` and says what the new one is; the second is
    over the new one, then the others. With don't-cares there may be several ways, of which two
    are given.
    """
    shape = tuple(table.shape[place] for place in bound)
    flat = np.moveaxis(table, bound, range(len(bound))).reshape(int(np.prod(shape)), -1)
    known = (flat != DONT_CARE).astype(np.float32)
    agree = sum(
        (flat == value).astype(np.float32) @ (flat == value).astype(np.float32).T
        for value in np.unique(flat[flat != DONT_CARE])
    )
    groups = _sides(np.packbits(known @ known.T > agree).tobytes(), len(flat))
    sides = [side for side in groups if known[list(side)].any()]
    for flips in product((0, 1), repeat=min(len(sides) - 1, 1)) if sides else ():
        which = np.full(len(flat), DONT_CARE, dtype=np.int16)
        for side, flip in zip(sides, (0, *flips, *(0,) * len(sides)), strict=False):
            for row, colour in side.items():
                which[row] = colour ^ flip
        parts = [flat[which == side].max(axis=0, initial=DONT_CARE) for side in (0, 1)]
        rest = np.delete(np.array(table.shape), bound)
        yield which.reshape(shape), np.stack(parts).reshape(2, *rest)


@lru_cache(maxsize=4096)
def _sides(apart: bytes, count: int) -> list[dict[int, int]]:
    """Return the side, 0 or 1, of each row in each group of rows that have to be told apart.

    `apart` holds as bits which rows those are; there are no groups where two sides are too few.
    """
    bits = np.unpackbits(np.frombuffer(apart, dtype=np.uint8), count=count * count)
    others = [np.flatnonzero(row).tolist() for row in bits.reshape(count, count)]
    groups: list[dict[int, int]] = []
    met: set[int] = set()
    for first in range(count):
        if first in met:
            continue
        side, waiting = {first: 0}, [first]
        while waiting:
            row = waiting.pop()
            for other in others[row]:
                if other not in side:
                    side[other] = 1 - side[row]
                    waiting.append(other)
                elif side[other] == side[row]:
                    return []
        groups.append(side)
        met |= side.keys()
    return groups


def sufficient(rows: Rows, results: Table) -> list[int]:
    """Return arguments that decide the result: the fewest, or else some of which none can go.

    `rows` (rows, arguments) are the known entries of a table.
    """
    places = range(rows.shape[1])
    for width in places:
        if math.comb(len(places), width) > MOST_CHOICES:
            break
        for some in combinations(places, width):
            if decides(rows[:, some], results):
                return list(some)
    kept = list(places)
    for place in reversed(places):
        fewer = [other for other in kept if other != place]
        kept = fewer if decides(rows[:, fewer], results) else kept
    return kept


def decides(rows: Rows, results: Table) -> bool:
    """Return whether equal rows always go with equal results."""
    order = np.lexsort(rows.T) if rows.shape[1] else np.arange(len(rows))
    same = (rows[order[1:]] == rows[order[:-1]]).all(axis=1)
    return bool((results[order[1:]] == results[order[:-1]])[same].all())
