"""Rows of truths, a bit each, and which expressions fit in which of them."""

import numpy as np
import numpy.typing as npt

from bonsai_compiler.reading.columns import Asked, Values

Packed = npt.NDArray[np.uint64]


def packed(rows: Asked) -> Packed:
    """Return truths (n, rows) as words of 64 bits, (n, words)."""
    bits = np.packbits(rows, axis=1)
    words = np.zeros((len(rows), -(-max(bits.shape[1], 1) // 8) * 8), dtype=np.uint8)
    words[:, : bits.shape[1]] = bits
    return words.view(np.uint64)


def disjoint(one: Packed, other: Packed) -> Asked:
    """Return (n, m): which rows of one (n, words) have no bit in common with which of another."""
    clear = np.ones((len(one), len(other)), dtype=bool)
    for left, right in zip(one.T, other.T, strict=True):
        clear &= (left[:, None] & right[None, :]) == 0
    return clear


def first_of_each(rows: Packed) -> npt.NDArray[np.int64]:
    """Return the place of the first of all equal rows, ascending."""
    whole = np.ascontiguousarray(rows).view(np.dtype((np.void, rows.shape[1] * 8)))
    return np.sort(np.unique(whole.reshape(-1), return_index=True)[1])


def gathered(
    places: npt.NDArray[np.signedinteger], values: Values, count: int
) -> tuple[Values, Asked] | None:
    """Return the one value that each of `count` places gets, and whether it gets any.

    None where a place would get two.
    """
    limits = np.iinfo(np.int16)
    low, high = np.full(count, limits.max), np.full(count, limits.min)
    np.minimum.at(low, places, values)
    np.maximum.at(high, places, values)
    known = np.asarray(high >= low)
    return None if (low[known] != high[known]).any() else (low.astype(np.int16), known)


def functions(indices: Values, wanted: Values) -> npt.NDArray[np.bool_]:
    """Return of which indices (n, rows), from 0 on, the wanted values (rows,) are a function."""
    shape = len(indices), int(indices.max(initial=0)) + 1
    low, high = np.full(shape, 2**14), np.full(shape, -(2**14))
    places = np.broadcast_to(np.arange(len(indices))[:, None], indices.shape), indices
    values = np.broadcast_to(wanted, indices.shape)
    np.minimum.at(low, places, values)
    np.maximum.at(high, places, values)
    return np.asarray(((low == high) | (high < low)).all(axis=1))
