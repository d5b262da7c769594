"""How much each input moves a state that counts: `paid + 5 * nickel + 10 * dime`."""

import ast
from collections.abc import Iterator, Sequence

import numpy as np

from bonsai_compiler.reading.columns import Column, Target
from bonsai_compiler.reading.leaves import number
from bonsai_compiler.reading.program import Found, size_of


def moves(columns: Sequence[Column], targets: Sequence[Target]) -> Iterator[Found]:
    """Yield for each state that counts the sum of it and of what several inputs move it by.

    An input that is a bit moves it as it does most often where it is the only one that is True.
    """
    held = {target.follows for target in targets if target.follows}
    inputs = [
        column
        for column in columns
        if column.kind == "bit" and column.read is None and column.name not in held
    ]
    if len(inputs) < 2:
        return
    values = np.stack([column.values > 0 for column in inputs])
    alone = values.sum(axis=0) == 1
    states = {column.name: column for column in columns if column.kind == "integer"}
    for target in targets:
        state = states.get(target.follows)
        if state is None:
            continue
        moved = target.column.values.astype(np.int64) - state.values
        node: ast.expr = ast.Name(state.name)
        movers = 0
        for column, truth in zip(inputs, values, strict=True):
            steps, often = np.unique(moved[target.asked & alone & truth], return_counts=True)
            by = int(steps[often.argmax()]) if len(steps) else 0
            if by:
                movers += 1
                term: ast.expr = ast.Name(column.name)
                if abs(by) > 1:
                    term = ast.BinOp(number(abs(by)), ast.Mult(), term)
                node = ast.BinOp(node, ast.Add() if by > 0 else ast.Sub(), term)
        if movers > 1:
            yield Found(node, size_of(node))
