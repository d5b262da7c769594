"""A closed machine: minimal, with its state encoding, and compared with a task's own."""

from dataclasses import dataclass
from typing import Literal

from bonsai_compiler.equivalence.verdict import Counterexample
from bonsai_compiler.fsm.encoding import StateEncoding
from bonsai_compiler.specification.machine import Machine


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """How a machine stands to a task's minimal one.

    `same`: equal but for the names of the states, so that the two behave alike on every legal
    input. `agrees`: they differ, but only where the task does not care. `differs`: on the last
    tick of `difference`, and on no shorter legal sequence.
    """

    task: str
    machine: Machine
    outcome: Literal["same", "agrees", "differs"]
    difference: Counterexample | None


@dataclass(frozen=True, slots=True, eq=False)
class Closed:
    """A minimal machine, numbered by discovery from 0, the start, and its state encoding.

    `reached` states were met before those that behave alike were made one.
    """

    machine: Machine
    reached: int
    encoding: StateEncoding


@dataclass(frozen=True, slots=True, eq=False)
class NamedMachine(Closed):
    """The minimal machine of what is called `name`, and how it stands to a task's, if to any."""

    name: str
    comparison: Comparison | None
