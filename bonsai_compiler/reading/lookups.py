"""Tables of constants with an index or two, and what of them gives what is wanted."""

import ast

import numpy as np

from bonsai_compiler.reading.columns import Asked, Column, Values
from bonsai_compiler.reading.leaves import constant
from bonsai_compiler.reading.program import Found
from bonsai_compiler.reading.rows import gathered

AWKWARD = 4
"""What an index that is no name counts more than it is long: a reader has to work it out."""

MOST_ENTRIES = 40
"""Entries of the largest table of constants."""


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
