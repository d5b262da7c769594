"""The joint states that a search has met: a hash table over rows, vectorised.

A million rows fit in a few tens of megabytes, and looking up a frontier takes a few array
operations, not one call a row.
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]


class Visited:
    """Rows in the order in which they were met, each once, and where each was met from.

    `start` (1, width) is number 0. With a `grain`, rows that round to the same multiples of it
    count as one: the search then visits one of each, and no longer all.
    """

    def __init__(self, start: Floats, grain: float | None = None) -> None:
        self._grain = grain
        self._rows = np.zeros((64, start.shape[1]))
        self._origins = np.zeros((64, 2), dtype=np.int32)
        self._table = np.full(256, -1, dtype=np.int32)
        self._rows[0] = start[0]
        self._table[self._slots(self._keys(start))] = 0
        self._count = 1

    def __len__(self) -> int:
        return self._count

    @property
    def rows(self) -> Floats:
        """The rows met so far, (n, width)."""
        return self._rows[: self._count]

    def admit(self, rows: Floats, parents: Numbers, letters: Numbers) -> None:
        """Remember those of the rows that are new, met by a letter each from the row `parents`."""
        self._reserve(len(rows))
        fresh, slots = self._enter(rows)
        numbers = np.arange(self._count, self._count + len(fresh))
        self._rows[numbers] = rows[fresh]
        self._origins[numbers, 0] = parents[fresh]
        self._origins[numbers, 1] = letters[fresh]
        self._table[slots] = numbers
        self._count += len(fresh)

    def path(self, number: int) -> tuple[int, ...]:
        """Return the letters that lead from the start to a row."""
        path = []
        while number:
            number, letter = self._origins[number].tolist()
            path.append(letter)
        return tuple(reversed(path))

    def _enter(self, rows: Floats) -> tuple[Numbers, Numbers]:
        """Return which rows are new, each once, and the slots of the table found for them."""
        keys = self._keys(rows)
        slots = self._slots(keys)
        # Until they are numbered, rows are entered as if all of them were new.
        self._rows[self._count : self._count + len(rows)] = rows
        left, fresh = np.arange(len(rows)), []
        while len(left):
            numbers, slot = left + self._count, slots[left]
            free = self._table[slot] < 0
            # Of equal rows the first shall win, and the last that is written does.
            self._table[slot[free][::-1]] = numbers[free][::-1]
            found = self._table[slot]
            won = found == numbers
            fresh.append(left[won])
            left, met = left[~won], self._keys(self._rows[found[~won]])
            left = left[(met != keys[left]).any(axis=1)]
            slots[left] = (slots[left] + 1) & (len(self._table) - 1)
        new = np.sort(np.concatenate(fresh)) if fresh else left
        return new, slots[new]

    def _slots(self, keys: Numbers) -> Numbers:
        """Return where in the table rows are looked for first."""
        shift = np.uint64(65 - len(self._table).bit_length())
        return (_hashes(keys) >> shift).astype(np.int64)

    def _keys(self, rows: Floats) -> Numbers:
        """Return what tells rows apart: their bits, or the multiples of the grain."""
        if self._grain is not None:
            # Adding 0.0 turns -0.0 into 0.0, so that equal multiples have equal bits.
            with np.errstate(over="ignore"):
                rows = np.round(rows / self._grain) + 0.0
        return np.ascontiguousarray(rows).view(np.int64)

    def _reserve(self, more: int) -> None:
        """Make room for so many rows more; the table stays at most half full."""
        needed = self._count + more
        if needed > len(self._rows):
            grown = max(needed, 2 * len(self._rows))
            self._rows = np.resize(self._rows, (grown, self._rows.shape[1]))
            self._origins = np.resize(self._origins, (grown, 2))
        if 2 * needed > len(self._table):
            rows, self._count = self.rows.copy(), 0
            self._table = np.full(1 << (4 * needed).bit_length(), -1, dtype=np.int32)
            fresh, slots = self._enter(rows)
            self._table[slots] = fresh
            self._count = len(rows)


def _hashes(keys: Numbers) -> npt.NDArray[np.uint64]:
    """Return a number of 64 bits for each row, whose highest bits depend on all of the row's."""
    golden = np.uint64(0x9E3779B97F4A7C15)
    total = np.zeros(len(keys), dtype=np.uint64)
    for column in keys.view(np.uint64).T:
        total = (total ^ column) * golden
        # Small whole numbers have all their bits on the left, where products lose them.
        total ^= total >> np.uint64(32)
    return total * golden
