"""The task of a machine that is known as a table: nobody wrote a `step` for it."""

from array import array
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bonsai_compiler.ir.ports import Port
from bonsai_compiler.isolation.code import DONT_CARE, Fields
from bonsai_compiler.specification.machine import Machine
from bonsai_compiler.specification.task import Basis, Task


def task_of_machine(
    machine: Machine,
    path: Path,
    name: str,
    doc: str = "",
    basis: Basis | None = None,
    *,
    states: Sequence[str] = (),
    source: str = "",
) -> Task:
    """Return a task that does as a machine does; `basis` says where that comes from.

    Its states may have names; `source` is the text that it was read from.
    """
    return Task(
        path,
        name,
        doc,
        machine.inputs,
        machine.outputs,
        TableFunctions(machine, states=states),
        horizon=machine.horizon,
        source=source,
        ports=machine.ports,
        basis=basis,
    )


class TableFunctions:
    """The functions of such a task; its states are the machine's, known by numbers or names."""

    loops: tuple[str, ...] = ()

    def __init__(
        self,
        machine: Machine,
        neighbours: Mapping[str, str] | None = None,
        states: Sequence[str] = (),
    ) -> None:
        self.neighbours = neighbours or {}
        self._states = states
        self._machine = machine
        values = []
        place = 0
        for field in machine.output_signals.fields:
            width = len(field.bits) if isinstance(field, Port) else 1
            codes = machine.output[:, :, place : place + width].reshape(-1, width)
            given = codes[:, 0] > 0
            numbers = field.steps(codes > 0) + field.low if isinstance(field, Port) else given
            values.append(np.where((codes == 0).any(axis=1), DONT_CARE, numbers))
            place += width
        self._values = np.stack(values, axis=1).reshape(*machine.successor.shape, -1)

    def begin(self, letters: Sequence[tuple[Any, ...]], fields: Fields) -> str:
        return ""

    def fits(self, name: str, count: int) -> str:
        return ""

    def legal(self, numbers: Sequence[int], letters: Sequence[int] | None = None) -> bytes:
        allowed = self._machine.legal[np.asarray(numbers, dtype=np.int64)]
        if letters is not None:
            allowed = allowed[np.arange(len(numbers)), np.asarray(letters, dtype=np.int64)]
        return allowed.astype(np.uint8).tobytes()

    def step(
        self, numbers: Sequence[int], letters: Sequence[int], *, guarded: bool
    ) -> tuple["array[int]", "array[int]", dict[int, str]]:
        states, chosen = np.asarray(numbers, np.int64), np.asarray(letters, np.int64)
        following = self._machine.successor[states, chosen].astype(np.int64)
        refused = np.flatnonzero(following < 0).tolist()
        said = "this input may not come here"
        following[refused] = states[refused]
        return (
            array("i", following.tolist()),
            array("i", self._values[states, chosen].reshape(-1).tolist()),
            dict.fromkeys(refused, said),
        )

    def state(self, number: int) -> int | str:
        return self._states[number] if self._states else number

    def drawn(self, rng: np.random.Generator, batch: int, ticks: int) -> Any:
        raise NotImplementedError("a table gives no examples")

    def answers(self, words: Sequence[Sequence[int]]) -> Sequence[int]:
        raise NotImplementedError("a table is no black box")

    def generated(self, name: str, letters: Sequence[int]) -> tuple[list[Any], str]:
        raise NotImplementedError("a table has no generator")

    def expect_pure(self) -> None:
        """Do nothing: a table stays as it is."""
