"""What expressions begin with: names, entries of tuples, constants."""

import ast
from collections.abc import Sequence

import numpy as np

from bonsai_compiler.reading.bank import Leaf
from bonsai_compiler.reading.columns import Column, Target
from bonsai_compiler.reading.program import size_of

MOST_CONSTANTS = 24
"""How many integers may stand in a program."""


def leaves_of(columns: Sequence[Column], targets: Sequence[Target], rows: int) -> list[Leaf]:
    """Return names and constants: truths, words, and the integers that may be of use.

    What never varies is no name.
    """
    leaves = [
        Leaf(ast.Name(column.name), 1, column.kind, column.values)
        if column.read is None
        else Leaf(column.read, size_of(column.read), column.kind, column.values, "part")
        for column in columns
        if column.kind == "sequence" or (column.values != column.values[0]).any()
    ]
    every = [*columns, *(target.column for target in targets)]
    for truth in (False, True):
        values = np.full(rows, truth, dtype=np.int16)
        leaves.append(Leaf(ast.Constant(truth), 1, "bit", values, "constant"))
    for value in _constants(every):
        values = np.full(rows, value, dtype=np.int16)
        leaves.append(Leaf(number(value), 1 + (value < 0), "integer", values, "constant"))
    words = next((column.words for column in every if column.kind == "word"), ())
    for place, word in enumerate(words):
        values = np.full(rows, place, dtype=np.int16)
        leaves.append(Leaf(ast.Constant(word), 1, "word", values, "constant"))
    return leaves


def _constants(columns: Sequence[Column]) -> list[int]:
    """Return the integers that may stand in a program: all values, and one more."""
    values = {-1, 0, 1, 2}
    for column in columns:
        if column.kind == "integer":
            met = np.unique(column.values).tolist()
            values |= {*met, met[-1] + 1}
    return sorted(values, key=lambda value: (abs(value), value < 0))[:MOST_CONSTANTS]


def constant(value: int, column: Column) -> ast.expr:
    """Return a value of a column as Python writes it."""
    match column.kind:
        case "bit":
            return ast.Constant(bool(value))
        case "word":
            return ast.Constant(column.words[value])
        case "sequence":
            return ast.parse(column.words[value], mode="eval").body
        case _:
            return number(value)


def number(value: int) -> ast.expr:
    """Return an integer as Python writes it."""
    return ast.Constant(value) if value >= 0 else ast.UnaryOp(ast.USub(), ast.Constant(-value))
