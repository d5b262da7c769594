"""When a bank of expressions need not grow any further, since what is longer would not be used."""

from collections.abc import Sequence

import numpy as np

from bonsai_compiler.reading.bank import Bank
from bonsai_compiler.reading.columns import Target
from bonsai_compiler.reading.program import least_with_names

LONGEST_PART = 6
"""The size of the longest part that gets a name for being what several targets depend on."""


class Enough:
    """Whether a bank has an expression for each target, and what is part of several as well."""

    def __init__(self, targets: Sequence[Target]) -> None:
        self._missing = [
            target for target in targets if len(np.unique(target.column.values[target.asked])) > 1
        ]
        self._looked, self._size = 0, len(targets)
        self._least = least_with_names(len(targets))

    def __call__(self, bank: Bank) -> bool:
        fresh, kinds = bank.values[self._looked :], bank.kinds[self._looked :]
        self._looked = len(bank)
        if not len(fresh):
            return False
        missing = []
        for target in self._missing:
            wanted, asked = target.column, target.asked
            fits = (fresh[:, asked] == wanted.values[asked]).all(axis=1) & (kinds == wanted.kind)
            if fits.any():
                self._size += bank.sizes[-1] - 1
            else:
                missing.append(target)
        self._missing = missing
        long = bank.sizes[-1] >= LONGEST_PART
        return not missing and (long or 1 + self._size <= self._least)
