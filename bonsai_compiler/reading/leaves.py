"""What expressions begin with: names, entries of tuples, constants."""

import ast
from collections.abc import Sequence

import numpy as np

from bonsai_compiler.reading.bank import Leaf
from bonsai_compiler.reading.columns import Column, Target

MOST_CONSTANTS = 24
"""How many integers may stand in a program."""


def leaves_of(columns: Sequence[Column], targets: Sequence[Target], rows: int) -> list[Leaf]:
    """Return names and constants: truths, words, and the integers that may be of use."""
    leaves = [
        Leaf(_read(column), 3, column.kind, column.values, "part")
        if column.is_part
        else Leaf(_read(column), 1, column.kind, column.values)
        for column in columns
    ]
    every = [*columns, *(target.column for target in targets)]
    for truth in (False, True):
        values = np.full(rows, truth, dtype=np.int16)
        leaves.append(Leaf(ast.Constant(truth), 1, "bit", values, "constant"))
    for value in _constants(every):
        values = np.full(rows, value, dtype=np.int16)
        leaves.append(Leaf(number(value), 1 + (value < 0), "integer", values, "constant"))
    words = next((column.words for column in every if column.words), ())
    for place, word in enumerate(words):
        values = np.full(rows, place, dtype=np.int16)
        leaves.append(Leaf(ast.Constant(word), 1, "word", values, "constant"))
    return leaves


def _read(column: Column) -> ast.expr:
    """Return how a column is read."""
    if column.is_part:
        whole, index = column.name.removesuffix("]").split("[")
        return ast.Subscript(ast.Name(whole), ast.Name(index))
    return ast.Name(column.name)


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
        case _:
            return number(value)


def number(value: int) -> ast.expr:
    """Return an integer as Python writes it."""
    return ast.Constant(value) if value >= 0 else ast.UnaryOp(ast.USub(), ast.Constant(-value))
