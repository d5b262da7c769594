"""How states, letters, outputs and joint levels of a machine are written, in every view."""

from bonsai_compiler.equivalence.search import results
from bonsai_compiler.equivalence.system import FAULT
from bonsai_compiler.fsm.closed import NamedMachine
from bonsai_compiler.fsm.encoding import Joint
from bonsai_compiler.specification.machine import Machine


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
