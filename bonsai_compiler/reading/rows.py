"""Rows of truths, a bit each, and which expressions fit in which of them."""

import numpy as np
import numpy.typing as npt

from bonsai_compiler.reading.columns import Asked, Values

Packed = npt.NDArray[np.uint64]
_ODD = np.uint64(0x9E3779B97F4A7C15)


def packed(rows: Asked) -> Packed:
    """Return truths (n, rows) as words of 64 bits, (n, words)."""
    bits = np.packbits(rows, axis=1)
    words = np.zeros((len(rows), -(-max(bits.shape[1], 1) // 8) * 8), dtype=np.uint8)
    words[:, : bits.shape[1]] = bits
    return words.view(np.uint64)


def disjoint(one: Packed, other: Packed) -> Asked:
    """Return (n, m): which rows of one (n, words) have no bit in common with which of another."""
    (first, asked), *more = zip(one.T, other.T, strict=True)
    shared = first[:, None] & asked
    for left, right in more:
        shared |= left[:, None] & right
    return np.asarray(shared == 0)


def first_of_each(rows: Packed) -> npt.NDArray[np.int64]:
    """Return the place of the first of all equal rows, ascending."""
    # Of two rows that differ, a hash of 64 bits would have to agree for one to be lost.
    hashed = rows[:, 0].copy()
    for column in rows.T[1:]:
        hashed ^= hashed >> np.uint64(29)
        hashed = hashed * _ODD ^ column
    return np.sort(np.unique(hashed, return_index=True)[1])


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
