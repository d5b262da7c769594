"""What a network has to learn of a task with a machine: one row for each legal state and letter."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bonsai_compiler.specification.machine import Machine


@dataclass(frozen=True, eq=False)
class Table:
    """Rows of a machine's transitions.

    `x` is (rows, inputs) of -1 and 1; `y` (rows, outputs) of -1, 1, and 0 where the output may be
    anything; `before` and `after` are (rows,), numbers of states, `after` -1 where the task says
    nothing of what comes after.
    """

    x: npt.NDArray[np.float32]
    y: npt.NDArray[np.float32]
    before: npt.NDArray[np.int32]
    after: npt.NDArray[np.int32]
    states: int

    def __len__(self) -> int:
        return len(self.before)

    def rows(self, part: slice) -> "Table":
        """Return the table of some of its rows."""
        x, y, before, after = self.x[part], self.y[part], self.before[part], self.after[part]
        return Table(x, y, before, after, self.states)


def rows_of(machine: Machine) -> int:
    """Return how many rows the table of a machine has."""
    return int(machine.legal.sum())


def table_of(machine: Machine) -> Table:
    """Return the rows of a machine, by state and then by letter; what is illegal has none."""
    before, letters = np.nonzero(machine.legal)
    return Table(
        x=np.where(machine.letters[letters], 1, -1).astype(np.float32),
        y=machine.output[before, letters].astype(np.float32),
        before=before.astype(np.int32),
        after=machine.successor[before, letters].astype(np.int32),
        states=machine.size,
    )
