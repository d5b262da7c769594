"""What is claimed of a machine: components that its states are made of, each with its update."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from bonsai_compiler.ir.expression import Expression
from bonsai_compiler.ir.interpreter import evaluate
from bonsai_compiler.recognition.letters import Letters
from bonsai_compiler.recognition.updates import Track, Update
from bonsai_compiler.specification.machine import Machine

Numbers = npt.NDArray[np.int64]

Role = Literal[
    "counter",  # goes round: the value after the last is the first
    "level",  # goes up and down between two ends, or up to where it stays
    "remainder",  # of the number so far, digit by digit: (2 * value + digit) % size
    "greatest",  # the greatest value so far
    "least",  # the least value so far
    "stored",  # takes a value now and then, and holds it
    "previous",  # what the inputs were on the tick before, or `age` ticks ago
    "register",  # takes what an input or another register holds, or the contrary
    "carry",  # whether a sum that it is a part of came to some size
    "parity",  # a bit that some inputs turn over
    "latch",  # a bit that is set once, and stays
    "end",  # a bit that is set once, from when on nothing else changes
    "bit",  # a bit that is set, cleared or turned over
]


@dataclass(frozen=True, slots=True)
class Case:
    """An update, and for which inputs it is made."""

    update: Update
    when: Expression


@dataclass(frozen=True, slots=True, eq=False)
class Component:
    """A value in each state of a machine, one of `size`, and what it becomes on a tick.

    `values` (states,) are integers from 0; of two, 1 is True. `following` is the value after the
    tick, over the inputs (ports by their names), this component's name and those of others that
    stand in the same structure: a bool where `size` is 2. `cases` say the same by updates, where
    these tell all; the first are those that change the value, and of several that could be told
    of one input the first holds. `amount` is what the value is set to, raised or lowered to, or
    what is added, where that is one expression of the inputs. `age` is how many ticks ago it was
    that a `previous` component remembers. `until` names the `end` after which the value is 0, and
    `following` says nothing.
    """

    name: str
    role: Role
    values: Numbers = field(repr=False)
    track: Track
    following: Expression
    cases: tuple[Case, ...] = ()
    amount: Expression | None = None
    age: int = 0
    until: str = ""

    @property
    def size(self) -> int:
        """How many values there are."""
        return self.track.size

    @property
    def start(self) -> int:
        """The value before the first tick."""
        return int(self.values[0])


@dataclass(frozen=True, slots=True, eq=False)
class Structure:
    """The components that were recognised in a minimal machine; none where nothing was.

    They are `complete` if they tell all states apart: then nothing else is remembered.
    """

    machine: Machine = field(repr=False)
    components: tuple[Component, ...]

    @property
    def complete(self) -> bool:
        """Whether no two states have the same values in all components."""
        told = {tuple(row) for row in self.table.tolist()}
        return len(told) == self.machine.size

    @property
    def table(self) -> Numbers:
        """The value of each component in each state, (states, components)."""
        if not self.components:
            return np.zeros((self.machine.size, 0), dtype=np.int64)
        return np.stack([component.values for component in self.components], axis=1)


def columns_of(
    components: tuple[Component, ...], states: Numbers
) -> dict[str, npt.NDArray[np.generic]]:
    """Return the components' values in some states, as expressions read them."""
    return {
        component.name: (
            component.values[states] > 0 if component.size == 2 else component.values[states]
        )
        for component in components
    }


def holds(component: Component, components: tuple[Component, ...], machine: Machine) -> bool:
    """Return whether a component is what its `following` says, in every state for every letter.

    Only letters that are legal, and that lead anywhere, are asked for.
    """
    letters = Letters.of(machine.input_signals)
    asked = machine.legal & (machine.successor >= 0)
    for end in components:
        if component.until and end.name == component.until:
            asked &= (end.values == 0)[:, None] & (end.values[machine.successor] == 0)
            if component.values[end.values > 0].any():
                return False
    states, ways = np.nonzero(asked)
    read: Mapping[str, npt.NDArray[np.generic]] = {
        **{name: column[ways] for name, column in letters.columns().items()},
        **columns_of(components, states),
    }
    told = np.broadcast_to(evaluate(component.following, read), states.shape)
    wanted = component.values[machine.successor[states, ways]]
    return bool((told.astype(np.int64) == wanted).all()) and all(
        _case_holds(component, case, read, states, wanted) for case in component.cases
    )


def _case_holds(
    component: Component,
    case: Case,
    read: Mapping[str, npt.NDArray[np.generic]],
    states: Numbers,
    wanted: Numbers,
) -> bool:
    asked = np.broadcast_to(evaluate(case.when, read), states.shape).astype(bool)
    return bool(
        (component.track.apply(case.update, component.values[states]) == wanted)[asked].all()
    )
