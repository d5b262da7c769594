"""What a program is in every row is what Python makes of it, row by row."""

import ast

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bonsai_compiler.reading.bank import Bank, Leaf
from bonsai_compiler.reading.columns import Column
from bonsai_compiler.reading.statements import as_text
from bonsai_compiler.reading.values import values_of


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**32))
def test_expressions_of_a_bank_are_what_python_and_the_columns_say(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = 12
    columns = {
        "a": Column("a", "bit", rng.integers(0, 2, rows).astype(np.int16)),
        "b": Column("b", "bit", rng.integers(0, 2, rows).astype(np.int16)),
        "n": Column("n", "integer", rng.integers(0, 5, rows).astype(np.int16)),
    }
    leaves = [Leaf(ast.Name(one.name), 1, one.kind, one.values) for one in columns.values()]
    leaves += [
        Leaf(ast.Constant(value), 1, "integer", np.full(rows, value, np.int16), "constant")
        for value in (1, 2, 3)
    ]
    bank = Bank(leaves, 6, 2**18)
    for place in rng.choice(len(bank), min(60, len(bank)), replace=False).tolist():
        node, values = bank.node(place), bank.values[place]
        assert (values_of(node, columns, rows) == values).all()
        text = as_text(node)
        for row in range(rows):
            given = {
                name: bool(one.values[row]) if one.kind == "bit" else int(one.values[row])
                for name, one in columns.items()
            }
            assert eval(text, {"min": min, "max": max}, given) == values[row]
