"""How states, letters, outputs and joint levels of a machine are written, in every view."""

from collections.abc import Iterable

from bonsai_compiler.machine import Machine, letter_bits
from bonsai_compiler.portraits.meaning import Joint
from bonsai_compiler.portraits.portrait import Portrait
from bonsai_compiler.proof.behaviour import FAULT

MARKS = {1: "1", -1: "0", 0: "-", FAULT: "!"}


def state_title(state: int) -> str:
    """Return A, B, ..., Z, AA, AB, ... for the states 0, 1, ..."""
    title, rest = "", state + 1
    while rest:
        rest, place = divmod(rest - 1, 26)
        title = chr(ord("A") + place) + title
    return title


def bits_word(bits: Iterable[bool]) -> str:
    """Return a digit for each bit."""
    return "".join("1" if bit else "0" for bit in bits)


def letter_word(machine: Machine, letter: int) -> str:
    """Return a digit for each input."""
    return bits_word(letter_bits(letter, len(machine.inputs)))


def output_word(machine: Machine, state: int, letter: int) -> str:
    """Return a mark for each output: 1, 0, - for "don't care", ! for none at all."""
    return "".join(MARKS[code] for code in machine.output[state, letter].tolist())


def joint_word(joint: Joint) -> str:
    """Return joint levels in short, such as LH; with dots where one needs more than a letter."""
    return ("" if all(len(level) == 1 for level in joint) else ".").join(joint)


def outcome_line(portrait: Portrait) -> str:
    """Return in words how the machine stands to the task's; empty without a task."""
    held = portrait.comparison
    if held is None:
        return ""
    if held.difference is not None:
        where = held.difference.describe(held.machine.inputs, held.machine.outputs)
        return f"differs from the task {held.task}: {where}"
    if held.outcome == "agrees":
        return f"agrees with the task {held.task}: differs only where that does not care"
    return f"the same as the minimal machine of the task {held.task}"
