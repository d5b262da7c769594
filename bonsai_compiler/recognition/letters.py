"""What letters have in common, as expressions over the inputs as a user sees them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bonsai_compiler.ir.expression import Expression, Name, shifted, substituted
from bonsai_compiler.ir.ports import Port
from bonsai_compiler.ir.signals import Signals
from bonsai_compiler.logic.synthesis import synthesise

Numbers = npt.NDArray[np.int64]

OPEN = -1
"""The label of what may come out as is convenient."""

PATIENCE = 200
"""How patiently conditions are written, beside `synthesis.PATIENCE`."""


@dataclass(frozen=True, slots=True, eq=False)
class Letters:
    """The inputs, and the value of each in each letter: (letters, inputs), counted from its low."""

    signals: Signals
    values: Numbers

    @classmethod
    def of(cls, signals: Signals) -> "Letters":
        """Return the letters that these inputs have."""
        columns: list[Numbers] = []
        place = 0
        for field in signals.fields:
            width = len(field.numbers) if isinstance(field, Port) else 1
            bits = signals.alphabet[:, place : place + width]
            columns.append(
                field.steps(bits) if isinstance(field, Port) else bits[:, 0].astype(np.int64)
            )
            place += width
        count = len(signals.alphabet)
        return cls(signals, np.stack(columns, axis=1) if columns else np.zeros((count, 0), int))

    @property
    def counts(self) -> tuple[tuple[str, int], ...]:
        """The name of each input, and how many values it has."""
        return tuple(
            (field.name, len(field.values)) if isinstance(field, Port) else (field, 2)
            for field in self.signals.fields
        )

    @property
    def lows(self) -> dict[str, Expression]:
        """What to write for a port's value counted from its low."""
        return {port.name: shifted(Name(port.name), -port.low) for port in self.signals.ports}

    def columns(self) -> dict[str, npt.NDArray[np.generic]]:
        """Return the value of each input in each letter, as an expression reads it."""
        return {
            field.name if isinstance(field, Port) else field: (
                column + field.low if isinstance(field, Port) else column.astype(bool)
            )
            for field, column in zip(self.signals.fields, self.values.T, strict=True)
        }

    def condition(self, held: npt.NDArray[np.bool_], known: npt.NDArray[np.bool_]) -> Expression:
        """Return when a letter is one of those `held`, of those that are `known`."""
        return self.expression(np.where(known, held, OPEN).astype(np.int64), 2)

    def expression(self, labels: Numbers, count: int) -> Expression:
        """Return an expression of one of `count` values for each letter that is not OPEN."""
        found = over((), (), self, labels[None, :], count)
        assert found is not None, "no two letters are alike"
        return found


def over(
    names: tuple[tuple[str, int], ...],
    columns: tuple[Numbers, ...],
    letters: Letters,
    labels: Numbers,
    count: int,
) -> Expression | None:
    """Return an expression over named values and over the inputs; None if these do not decide it.

    `labels` (states, letters) say which of `count` values it has, or OPEN. A name comes with how
    many values it has, and its column with these, (states, 1) or (states, letters). Raises
    UnreadableError.
    """
    states, ways = np.nonzero(labels != OPEN)
    whole = [np.broadcast_to(column, labels.shape)[states, ways] for column in columns]
    told = np.stack(whole, axis=1) if whole else np.zeros((len(states), 0), dtype=np.int64)
    rows = np.concatenate([told, letters.values[ways]], axis=1)
    table: dict[tuple[int, ...], int] = {}
    for row, label in zip(map(tuple, rows.tolist()), labels[states, ways].tolist(), strict=True):
        if table.setdefault(row, label) != label:
            return None
    found = synthesise((*names, *letters.counts), table, count, PATIENCE)
    return substituted(found, letters.lows)
