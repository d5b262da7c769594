"""What a network has to learn: the rows of a task's machine, or sequences of them."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from bonsai_compiler.specification.machine import Machine


@dataclass(frozen=True, eq=False)
class Table:
    """Rows of a machine's transitions, in runs of so many `ticks`.

    A run of one tick begins in any state. In a longer one a network begins in the code of the first
    row's state, and goes on with its own. `x` is (rows, inputs) of -1 and 1; `y` (rows, outputs) of
    -1, 1, and 0 where the output may be anything; `before` and `after` are (rows,), numbers of
    states, `after` -1 where the task says nothing of what comes after; in a run only the last one's
    counts.
    """

    x: npt.NDArray[np.float32]
    y: npt.NDArray[np.float32]
    before: npt.NDArray[np.int32]
    after: npt.NDArray[np.int32]
    states: int
    ticks: int = 1

    def __len__(self) -> int:
        return len(self.before)

    @property
    def inputs(self) -> int:
        """How many bits are read on a tick."""
        return int(self.x.shape[1])

    @property
    def outputs(self) -> int:
        """How many bits are asked for on a tick."""
        return int(self.y.shape[1])

    @property
    def runs(self) -> int:
        """How many runs there are."""
        return len(self) // self.ticks

    def part(self, runs: slice) -> "Table":
        """Return the table of some of its runs."""
        rows = slice(runs.start * self.ticks, runs.stop * self.ticks)
        x, y, before, after = self.x[rows], self.y[rows], self.before[rows], self.after[rows]
        return Table(x, y, before, after, self.states, self.ticks)

    def drawn(
        self, steps: int, batch: int, rng: np.random.Generator
    ) -> tuple["Table", npt.NDArray[np.int32]]:
        """Return the table, and an order in which each run comes once before any comes again."""
        if self.runs <= batch:
            return self, np.broadcast_to(np.arange(self.runs, dtype=np.int32), (steps, self.runs))
        rounds = -(-steps * batch // self.runs)
        drawn = np.concatenate([rng.permutation(self.runs) for _ in range(rounds)])
        return self, drawn[: steps * batch].reshape(steps, batch).astype(np.int32)

    def judging(self, rng: np.random.Generator) -> "Table":
        """Return the table: all of it judges."""
        return self


class Lessons(Protocol):
    """What networks of so many inputs and outputs learn from, and what judges them.

    Codes say what `states` they begin runs of so many `ticks` in.
    """

    @property
    def inputs(self) -> int: ...

    @property
    def outputs(self) -> int: ...

    @property
    def states(self) -> int: ...

    @property
    def ticks(self) -> int: ...

    def drawn(
        self, steps: int, batch: int, rng: np.random.Generator
    ) -> tuple[Table, npt.NDArray[np.int32]]:
        """Return a table, and (steps, batch): which of its runs each step takes."""

    def judging(self, rng: np.random.Generator) -> Table:
        """Return what has to be right."""


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
