"""What an expression of a program is in every row: as Python computes it, on whole columns."""

import ast
from collections.abc import Mapping, Sequence

import numpy as np

from bonsai_compiler.reading.columns import Column, Values
from bonsai_compiler.reading.operators import ARITHMETIC, COMPARISONS

_BINARY = dict(ARITHMETIC.values())
_COMPARED = dict(COMPARISONS.values())


def values_of(node: ast.expr, columns: Mapping[str, Column], rows: int) -> Values:
    """Return the values (rows,) of an expression over columns; of a word its place.

    All columns of words have them from one list. An index beyond its tuple gives the last entry:
    such rows are not asked for.
    """
    worded = (column for column in columns.values() if column.kind == "word")
    words = {word: place for column in worded for place, word in enumerate(column.words)}
    made = {name: column for name, column in columns.items() if column.read is not None}

    def of(node: ast.expr) -> Values:
        if made and (column := made.get(ast.unparse(node))) is not None:
            return column.values
        match node:
            case ast.Name(name):
                return columns[name].values
            case ast.Constant(str() as word):
                return np.full(rows, words[word], dtype=np.int16)
            case ast.Constant(int() as number):
                return np.full(rows, int(number), dtype=np.int16)
            case ast.UnaryOp(ast.USub(), inner):
                return np.asarray(np.negative(of(inner)))
            case ast.UnaryOp(ast.Not(), inner):
                return np.asarray(of(inner) == 0).astype(np.int16)
            case ast.BinOp(left, operator, right):
                return np.asarray(_BINARY[type(operator)](of(left), of(right)), dtype=np.int16)
            case ast.BoolOp(operator, parts):
                truths = np.stack([of(part) for part in parts])
                bound = truths.min if isinstance(operator, ast.And) else truths.max
                return np.asarray(bound(axis=0))
            case ast.Compare(left, [ast.In()], [ast.Tuple(entries)]):
                held, sought = of(left), [of(entry) for entry in entries]
                return np.asarray((np.stack(sought) == held).any(axis=0)).astype(np.int16)
            case ast.Compare(left, [sign], [right]):
                return np.asarray(_COMPARED[type(sign)](of(left), of(right))).astype(np.int16)
            case ast.IfExp(test, yes, no):
                return np.where(of(test) > 0, of(yes), of(no))
            case ast.Call(ast.Name("min" | "max" as name), [one, other]):
                return np.asarray((np.minimum if name == "min" else np.maximum)(of(one), of(other)))
            case ast.Subscript(ast.Tuple(entries), index):
                return _chosen(of(index), [of(entry) for entry in entries])
            case ast.Subscript(ast.Subscript(ast.Tuple(entries), first), second):
                nested = [of(ast.Subscript(entry, second)) for entry in entries]
                return _chosen(of(first), nested)
        raise TypeError(f"no expression of a program: {ast.dump(node)}")

    return np.asarray(of(node), dtype=np.int16)


def _chosen(index: Values, entries: Sequence[Values]) -> Values:
    stacked = np.stack(entries)
    return np.asarray(stacked[np.clip(index, 0, len(stacked) - 1), np.arange(len(index))])
