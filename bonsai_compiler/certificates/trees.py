"""Tables of bits as terms of SMT-LIB: a choice by one bit after the other."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int8]

EITHER = -1
"""What stands in a table where either value will do."""


def tree(names: Sequence[str], rows: npt.NDArray[np.bool_], values: Codes, otherwise: int) -> str:
    """Return a term that is `values[k]` where the bits are `rows[k]`, `otherwise` elsewhere.

    `rows` has shape (n, names), no two alike; a value is 0, 1 or EITHER, and so is `otherwise`.
    """
    taken = {
        value for value in {*values.tolist(), *_elsewhere(names, rows, otherwise)} if value >= 0
    }
    if len(taken) < 2:
        return "true" if 1 in taken else "false"
    name, column = names[0], rows[:, 0]
    yes, no = (
        tree(names[1:], rows[column == side][:, 1:], values[column == side], otherwise)
        for side in (True, False)
    )
    if yes == no:
        return yes
    match yes, no:
        case "true", "false":
            return name
        case "false", "true":
            return f"(not {name})"
        case _:
            return f"(ite {name} {yes} {no})"


def _elsewhere(names: Sequence[str], rows: npt.NDArray[np.bool_], otherwise: int) -> set[int]:
    """Return what stands in the places of a table for which there is no row."""
    return {otherwise} if len(rows) < 2 ** len(names) else set()
