"""Tables of small integers: one axis for each argument, DONT_CARE where nothing is asked for.

A table can lose an argument, or have several made one, wherever its don't-cares allow.
"""

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import combinations, product

import numpy as np
import numpy.typing as npt

DONT_CARE = -1
MOST_CHOICES = 5_000
"""How many choices of arguments are tried, to find the fewest that decide a result."""

AT_ONCE = 2**20
"""How many arguments of pairs of rows are held against each other at once."""

BEYOND = np.iinfo(np.int16).max

Table = npt.NDArray[np.int16]
Places = tuple[int, ...]
Marks = tuple[int, ...]
"""For each result from 0 on, the entries of a table that have it, as bits of a number."""

Rows = npt.NDArray[np.int64]


def without(table: Table, places: Places) -> Table | None:
    """Return the table without some of its arguments, None where the result depends on them."""
    most = table.max(axis=places)
    least = np.where(table == DONT_CARE, BEYOND, table).min(axis=places)
    return most if (least >= most).all() else None


def supports(table: Table, most: int = 1) -> tuple[Places, ...]:
    """Return choices of the fewest arguments that decide the result, so many at most."""
    return supports_of(marks_of(table), table.shape, most)


@lru_cache(maxsize=65536)
def supports_of(marks: Marks, shape: tuple[int, ...], most: int = 1) -> tuple[Places, ...]:
    """Return the same of a table of which only the marks are there."""
    places = range(len(shape))
    needed = {place for place in places if not _agree(marks, _beside(shape, place))}
    optional = [place for place in places if place not in needed]
    for width in range(len(optional) + 1):
        found: list[Places] = []
        for some in combinations(optional, width):
            dropped = tuple(place for place in optional if place not in some)
            if not dropped or _decided(marks, shape, dropped):
                found.append(tuple(place for place in places if place not in dropped))
            if len(found) == most:
                break
        if found:
            return tuple(found)
    raise AssertionError("all arguments together decide the result")


def marks_of(table: Table) -> Marks:
    """Return for each result the entries that have it, as bits of a number."""
    values = range(int(table.max(initial=DONT_CARE)) + 1)
    return tuple([bits_of(table == value) for value in values])


def bits_of(flags: npt.NDArray[np.bool_]) -> int:
    """Return flags as the bits of a number, the first as the lowest."""
    return int.from_bytes(np.packbits(flags, bitorder="little").tobytes(), "little")


@lru_cache(maxsize=1024)
def _beside(shape: tuple[int, ...], place: int) -> tuple[tuple[int, int], ...]:
    """Return which entries, as bits, have another one so far above that differs in one argument.

    One pair for each step of the argument: how far that is, and which entries have it.
    """
    count, stride = shape[place], math.prod(shape[place + 1 :])
    digits = np.arange(math.prod(shape)) // stride % count
    steps = []
    for step in range(1, count):
        steps.append((step * stride, bits_of(digits < count - step)))
    return tuple(steps)


def _agree(marks: Marks, beside: tuple[tuple[int, int], ...]) -> bool:
    """Return whether no two entries that differ in one argument have two results."""
    known = 0
    for mark in marks:
        known |= mark
    for far, low in beside:
        above = known >> far & low
        for mark in marks:
            if mark & above & ~(mark >> far):
                return False
    return True


def _decided(marks: Marks, shape: tuple[int, ...], dropped: Places) -> bool:
    """Return whether the result is the same whatever some arguments are."""
    for place in dropped:
        beside = _beside(shape, place)
        folded = []
        for mark in marks:
            whole = mark
            for far, _ in beside:
                whole |= mark >> far
            folded.append(whole & _first(shape, place))
        marks = tuple(folded)
    met = 0
    for mark in marks:
        if met & mark:
            return False
        met |= mark
    return True


@lru_cache(maxsize=1024)
def _first(shape: tuple[int, ...], place: int) -> int:
    """Return the entries, as bits, in which an argument is 0."""
    stride = math.prod(shape[place + 1 :])
    return bits_of(np.arange(math.prod(shape)) // stride % shape[place] == 0)


def halves(table: Table, bound: Places) -> Iterator[tuple[Table, Table]]:
    """Yield ways to make some of the arguments one that is 0 or 1: what it is, and the rest.

    The first table is over the arguments at `bound` and says what the new one is; the second is
    over the new one, then the others. With don't-cares there may be several ways, of which two
    are given.
    """
    shape = tuple(table.shape[place] for place in bound)
    free = tuple(place for place in range(table.ndim) if place not in bound)
    flat = table.transpose(bound + free).reshape(math.prod(shape), -1)
    known = (flat != DONT_CARE).astype(np.float32)
    agree = np.zeros((len(flat), len(flat)), dtype=np.float32)
    for value in range(int(flat.max()) + 1):
        same = (flat == value).astype(np.float32)
        agree += same @ same.T
    groups = _sides(np.packbits(known @ known.T > agree).tobytes(), len(flat))
    sides = [side for side in groups if known[list(side)].any()]
    for flips in product((0, 1), repeat=min(len(sides) - 1, 1)) if sides else ():
        which = np.full(len(flat), DONT_CARE, dtype=np.int16)
        for side, flip in zip(sides, (0, *flips, *(0,) * len(sides)), strict=False):
            for row, colour in side.items():
                which[row] = colour ^ flip
        parts = [flat[which == side].max(axis=0, initial=DONT_CARE) for side in (0, 1)]
        rest = [table.shape[place] for place in free]
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
    apart = _apart(rows, results)

    def decide(some: Sequence[int]) -> bool:
        return bool(apart[:, some].any(axis=1).all())

    places = range(rows.shape[1])
    for width in places:
        if math.comb(len(places), width) > MOST_CHOICES:
            break
        for some in combinations(places, width):
            if decide(some):
                return list(some)
    kept = list(places)
    for place in reversed(places):
        fewer = [other for other in kept if other != place]
        kept = fewer if decide(fewer) else kept
    return kept


def _apart(rows: Rows, results: Table) -> npt.NDArray[np.bool_]:
    """Return (n, arguments): in which arguments rows of two results differ, each such set once."""
    width = rows.shape[1]
    found = np.zeros((0, -(-width // 8)), dtype=np.uint8)
    several = max(1, AT_ONCE // max(1, rows.size))
    for start in range(0, len(rows), several):
        some = slice(start, start + several)
        one, other = np.nonzero(results[some, None] < results)
        differ = np.packbits(rows[some][one] != rows[other], axis=1)
        found = np.unique(np.concatenate([found, differ]), axis=0)
    return np.unpackbits(found, axis=1, count=width).astype(bool)


def decides(rows: Rows, results: Table) -> bool:
    """Return whether equal rows always go with equal results."""
    order = np.lexsort(rows.T) if rows.shape[1] else np.arange(len(rows))
    same = (rows[order[1:]] == rows[order[:-1]]).all(axis=1)
    return bool((results[order[1:]] == results[order[:-1]])[same].all())
