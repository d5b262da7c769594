"""Rows of truths, a bit each, and which expressions fit in which of them."""

import numpy as np
import numpy.typing as npt

from bonsai_compiler.reading.columns import Asked, Values

Packed = npt.NDArray[np.unsignedinteger]
Places = npt.NDArray[np.int64]

WORDS = {1: np.uint8, 2: np.uint16, 3: np.uint32, 4: np.uint32}
"""What holds a row of so many bytes as one word; longer ones are words of 64 bits."""

AT_ONCE = 2**16
"""How many pairs of rows are held against each other at once, so that they stay in a cache."""

SOON = 32
"""Nearly half of what fits at all is among so many first ones."""

_ODD = np.uint64(0x9E3779B97F4A7C15)


def packed(rows: Asked) -> Packed:
    """Return truths (n, rows) as words of as many bits as it takes, up to 64, (n, words)."""
    bits = np.packbits(rows, axis=1)
    word = np.dtype(WORDS.get(bits.shape[1], np.uint64))
    wide = -(-max(bits.shape[1], 1) // word.itemsize) * word.itemsize
    words = np.zeros((len(rows), wide), dtype=np.uint8)
    words[:, : bits.shape[1]] = bits
    return words.view(word)


def fitting(wrong: Packed, where: Packed) -> Places:
    """Return the places of rows (n, words) that have no bit in common with one (words,)."""
    shared = wrong[:, 0] & where[0]
    for column, asked in zip(wrong.T[1:], where[1:], strict=True):
        shared |= column & asked
    return np.flatnonzero(shared == 0)


def first_fitting(wrong: Packed, where: Packed) -> Places:
    """Return (m,) the place of the first of rows (n, words) without a bit of each of others (m,
    words); n where there is none.
    """
    found = _first_fitting(wrong[:SOON], where)
    left = np.flatnonzero(found == SOON)
    if len(left):
        found[left] += _first_fitting(wrong[SOON:], where[left])
    return found


def _first_fitting(wrong: Packed, where: Packed) -> Places:
    found = np.full(len(where), len(wrong))
    several = max(1, AT_ONCE // max(1, len(wrong)))
    for start in range(0, len(where) if len(wrong) else 0, several):
        (asked, first), *more = zip(where[start : start + several].T, wrong.T, strict=True)
        shared = asked[:, None] & first
        for left, right in more:
            shared |= left[:, None] & right
        fits = shared == 0
        places = fits.argmax(axis=1)
        met = fits[np.arange(len(fits)), places]
        found[start : start + several] = np.where(met, places, len(wrong))
    return found


def first_of_each(rows: Packed) -> Places:
    """Return the place of the first of all equal rows, ascending."""
    # Of two rows that differ, a hash of 64 bits would have to agree for one to be lost.
    hashed = rows[:, 0]
    for column in rows.T[1:]:
        hashed = hashed ^ (hashed >> np.uint64(29))
        hashed = hashed * _ODD ^ column
    order = hashed.argsort(kind="stable")
    ranked = hashed[order]
    first = np.ones(len(order), dtype=bool)
    np.not_equal(ranked[1:], ranked[:-1], out=first[1:])
    return np.sort(order[first])


def gathered(
    places: npt.NDArray[np.signedinteger], values: Values, count: int
) -> tuple[Values, Asked] | None:
    """Return the one value that each of `count` places gets, and whether it gets any.

    None where a place would get two.
    """
    held, known = np.zeros(count, np.int16), np.zeros(count, bool)
    # Of several values the last one stays: where it is not the others', there are two.
    held[places], known[places] = values, True
    return None if (held[places] != values).any() else (held, known)


def functions(indices: Values, wanted: Values) -> npt.NDArray[np.bool_]:
    """Return of which indices (n, rows), from 0 on, the wanted values (rows,) are a function."""
    count = int(indices.max(initial=0)) + 1
    places = indices + count * np.arange(len(indices))[:, None]
    held = np.zeros(count * len(indices), wanted.dtype)
    held[places] = wanted
    return np.asarray((held[places] == wanted).all(axis=1))
