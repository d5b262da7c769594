"""Tables of constants with an index or two, and what of them gives what is wanted."""

import ast
from functools import cached_property
from itertools import permutations

import numpy as np

from bonsai_compiler.reading.bank import Bank
from bonsai_compiler.reading.columns import Asked, Column, Values
from bonsai_compiler.reading.leaves import constant
from bonsai_compiler.reading.program import Found
from bonsai_compiler.reading.rows import functions, gathered

AWKWARD = 4
"""What an index that is no name counts more than it is long: a reader has to work it out."""

MOST_ENTRIES = 40
"""Entries of the largest table of constants."""

MOST_TABLES = 10
"""How many indices, the shortest ones, are tried for a table."""

INDEX = 5
"""The size of the longest index of a table."""

PART = "part "
"""What the names of parts begin with that are neither states nor outputs."""


def entries_of(index: Values, wanted: Values) -> tuple[int, ...] | None:
    """Return the entries of a table by index, None where one index has to give two values."""
    found = gathered(index, wanted, int(index.max()) + 1) if len(index) else None
    return None if found is None else tuple(np.where(found[1], found[0], wanted.min()).tolist())


def looked_up(entries: tuple[int, ...], wanted: Column, index: Found) -> Found:
    """Return a lookup, or for a bit a test of membership where that is shorter."""
    true = [place for place, entry in enumerate(entries) if entry]
    if wanted.kind == "bit" and 1 < len(true) < len(entries):
        listed = ast.Tuple([ast.Constant(place) for place in true])
        more = len(true) + (0 if isinstance(index.node, ast.Name) else AWKWARD)
        return Found(ast.Compare(index.node, [ast.In()], [listed]), index.size + 1 + more)
    table = ast.Tuple([constant(entry, wanted) for entry in entries])
    more = sum(1 + (entry < 0) for entry in entries)
    return Found(ast.Subscript(table, index.node), index.size + 1 + more)


Index = tuple[ast.expr, Values]
"""What an index is called, and its values (rows,)."""


def in_two(wanted: Column, asked: Asked, one: Index, other: Index) -> Found | None:
    """Return a table of rows by two indices, None where they do not give what is wanted."""
    width = int(other[1].max()) + 1
    entries = entries_of((one[1] * width + other[1])[asked], wanted.values[asked])
    if entries is None or len(entries) > MOST_ENTRIES:
        return None
    full = (*entries, *[entries[-1]] * (-len(entries) % width))
    rows: list[ast.expr] = [
        ast.Tuple([constant(entry, wanted) for entry in full[at : at + width]])
        for at in range(0, len(full), width)
    ]
    table = ast.Subscript(ast.Tuple(rows), one[0])
    return Found(ast.Subscript(table, other[0]), 4 + len(full))


class Tables:
    """Tables whose indices are in a bank."""

    def __init__(self, bank: Bank) -> None:
        self._bank = bank

    def shortest(self, wanted: Column, asked: Asked, *, everywhere: bool) -> Found | None:
        """Return the shortest table of constants that gives what is wanted, by one index or two.

        Where it is not for `everywhere` an index has to be a name.
        """
        if wanted.kind == "sequence":
            return None
        indices = np.array(self._indices if everywhere else self.names, dtype=np.int64)
        fits = indices[functions(self._bank.values[indices][:, asked], wanted.values[asked])]
        best: Found | None = None
        for place in fits[:MOST_TABLES].tolist():
            more = 0 if self._is_name(place) else AWKWARD
            index = Found(self._bank.node(place), self._bank.sizes[place] + more)
            entries = entries_of(self._bank.values[place][asked], wanted.values[asked])
            if entries is not None:
                found = looked_up(entries, wanted, index)
                best = found if best is None or found.size < best.size else best
        return best or self._by_two(wanted, asked)

    def _by_two(self, wanted: Column, asked: Asked) -> Found | None:
        """Return the shortest table of constants that two names give a target by."""
        pairs, indices = self._pairs
        fits = functions(indices[:, asked], wanted.values[asked]) if pairs else ()
        tables = [
            in_two(wanted, asked, *[(self._bank.node(at), self._bank.values[at]) for at in pair])
            for pair, fit in zip(pairs, fits, strict=True)
            if fit
        ]
        found = [table for table in tables if table is not None]
        return min(found, key=lambda one: one.size, default=None)

    @cached_property
    def _pairs(self) -> tuple[list[tuple[int, int]], Values]:
        """The places of two indices of a table of tables, and both as one number (pairs, rows)."""
        values = self._bank.values
        pairs = [pair for pair in permutations(self.names, 2) if values[pair[0]].max() > 1]
        both = [values[one] * (values[other].max() + 1) + values[other] for one, other in pairs]
        return pairs, np.stack(both) if both else np.zeros(
            (0, self._bank.values.shape[1]), np.int16
        )

    def _is_name(self, place: int) -> bool:
        """Return whether an index has a meaning of its own: a state, an input, an output."""
        node = self._bank.node(place)
        return isinstance(node, ast.Name) and not node.id.startswith(PART)

    @cached_property
    def names(self) -> list[int]:
        """The places of indices with a meaning of their own."""
        return [at for at in self._indices if self._bank.sizes[at] == 1 and self._is_name(at)]

    @cached_property
    def _indices(self) -> list[int]:
        """The places of what can be an index: integers from 0 and named bits, the short first."""
        values = self._bank.values
        lengths = (("integer", INDEX), ("bit", 1))
        places = np.concatenate([self._bank.places(kind, length) for kind, length in lengths])
        low, high = values[places].min(axis=1), values[places].max(axis=1)
        fits = places[(low >= 0) & (high > 0) & (high < MOST_ENTRIES) & (low < high)]
        return sorted(fits.tolist(), key=lambda at: self._bank.sizes[at])[:200]
