"""A closed machine: minimal, with its state encoding, compared with a task's own, and in words."""

from dataclasses import dataclass
from typing import Literal

from bonsai_compiler.equivalence.search import results
from bonsai_compiler.equivalence.system import FAULT
from bonsai_compiler.equivalence.verdict import Counterexample
from bonsai_compiler.fsm.encoding import Joint, StateEncoding
from bonsai_compiler.specification.machine import Machine


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """How a machine stands to a task's minimal one.

    `same`: equal but for the names of the states, so that the two are equivalent on every legal
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

    `reached` states were met before equivalent ones were merged.
    """

    machine: Machine
    reached: int
    encoding: StateEncoding


@dataclass(frozen=True, slots=True, eq=False)
class NamedMachine(Closed):
    """The minimal machine of what is called `name`, and how it stands to a task's, if to any."""

    name: str
    comparison: Comparison | None


def state_title(state: int) -> str:
    """Return A, B, ..., Z, AA, AB, ... for the states 0, 1, ..."""
    title, rest = "", state + 1
    while rest:
        rest, place = divmod(rest - 1, 26)
        title = chr(ord("A") + place) + title
    return title


def letter_word(machine: Machine, letter: int) -> str:
    """Return a digit for each input, or the integers of its ports with commas between."""
    return machine.input_signals.word(tuple(machine.letters[letter].tolist()))


def output_word(machine: Machine, state: int, letter: int) -> str:
    """Return the outputs likewise; - for "don't care", ! for none at all."""
    codes = machine.output[state, letter]
    return machine.output_signals.word(results(codes), "!" if FAULT in codes else "-")


def joint_word(joint: Joint) -> str:
    """Return joint levels in short, such as LH; with dots where one needs more than a letter."""
    return ("" if all(len(level) == 1 for level in joint) else ".").join(joint)


def outcome_line(drawing: NamedMachine) -> str:
    """Return in words how the machine stands to the task's; empty without a task."""
    held = drawing.comparison
    if held is None:
        return ""
    if held.difference is not None:
        where = held.difference.describe(held.machine.input_signals, held.machine.output_signals)
        return f"differs from the task {held.task}: {where}"
    if held.outcome == "agrees":
        return f"agrees with the task {held.task}: differs only where that does not care"
    return f"the same as the minimal machine of the task {held.task}"
