"""A machine as a table to read, and what the network's states mean in it."""

from collections import Counter

from bonsai_compiler.equivalence.system import FAULT
from bonsai_compiler.fsm.closed import Comparison, NamedMachine
from bonsai_compiler.fsm.encoding import StateEncoding
from bonsai_compiler.fsm.words import (
    joint_word,
    letter_word,
    outcome_line,
    output_word,
    state_title,
)
from bonsai_compiler.ir.text import number
from bonsai_compiler.specification.machine import Machine

MOST_LISTED = 12
"""Items that one line lists before it says how many more there are."""


AS_TRAINED = "bonsaic compile holds states to few"
"""What to do about a network as it was trained, whose states take ever new values."""


def view_table(drawing: NamedMachine) -> str:
    """A row a state, the start marked >, a column a letter; then what the levels mean."""
    reached = f", of {drawing.reached:,} reached"
    parts = [_table(f"machine of {drawing.name}", drawing.machine, reached)]
    if drawing.encoding.names:
        parts.append(_encoding(drawing.encoding))
    if drawing.comparison is not None:
        parts.append([outcome_line(drawing), *_beside(drawing.comparison)])
    return "\n\n".join("\n".join(lines) for lines in parts) + "\n"


def _table(title: str, machine: Machine, reached: str = "") -> list[str]:
    states, letters = machine.successor.shape
    until = f", up to its horizon of {machine.horizon} ticks" if machine.horizon else ""
    columns = f"columns are {' '.join(machine.input_signals.names)}; " if machine.inputs else ""
    rows = [["", *(letter_word(machine, letter) or "each tick" for letter in range(letters))]]
    for state in range(states):
        mark = ">" if state == 0 else " "
        entries = [_entry(machine, state, letter) for letter in range(letters)]
        rows.append([f"{mark} {state_title(state)}", *entries])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        f"{title}: {states:,} state{'s' * (states > 1)}{reached}{until}",
        f"{columns}entries are next state / {' '.join(machine.output_signals.names)}",
        *_key(machine),
        *("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows),
    ]


def _entry(machine: Machine, state: int, letter: int) -> str:
    if not machine.legal[state, letter]:
        return "."
    following = state_title(int(machine.successor[state, letter]))
    return f"{following} / {output_word(machine, state, letter)}"


def _key(machine: Machine) -> list[str]:
    """Return a line for each mark that needs explaining and occurs."""
    said = machine.output[machine.legal]
    return [
        line
        for line, occurs in (
            (". is an input that cannot come", not machine.legal.all()),
            ("- is an output that does not matter", (said == 0).any()),
            ("! is no output: the input is refused, or the step fails", (said == FAULT).any()),
        )
        if occurs
    ]


def _encoding(encoding: StateEncoding) -> list[str]:
    lines = [f"each state of the machine, as {' '.join(encoding.names)}"]
    width = len(state_title(len(encoding.members) - 1))
    met: Counter[str] = Counter()
    for state, members in enumerate(encoding.members):
        words = [joint_word(joint) for joint in members]
        lines.append(f"  {state_title(state):<{width}}  {_joined(words)}")
        met.update(words)
    for name, levels in encoding.legend.items():
        if len(levels) > MOST_LISTED:
            ends = f"from {number(min(levels.values()))} to {number(max(levels.values()))}"
            lines.append(f"{name}: {len(levels):,} levels, by number, {ends}; {AS_TRAINED}")
        else:
            lines.append(f"{name}: {_joined([f'{key} = {number(levels[key])}' for key in levels])}")
    if shared := [word for word, count in met.items() if count > 1]:
        several = "is several states" if len(shared) == 1 else "are several states each"
        lines.append(f"{_joined(shared)} {several}, told apart by what may come, or by the tick")
    if encoding.needless:
        add = "adds" if len(encoding.needless) == 1 else "add"
        lines.append(f"{', '.join(encoding.needless)} {add} nothing: the rest tells the state")
    return lines


def _joined(items: list[str]) -> str:
    more = len(items) - MOST_LISTED
    return ", ".join(items[:MOST_LISTED]) + (f" and {more:,} more" if more > 0 else "")


def _beside(comparison: Comparison) -> list[str]:
    """Return how to replay a difference, and the task's own machine unless it is the same."""
    lines = []
    if comparison.difference is not None:
        given = comparison.machine.input_signals
        lines.append(f"bonsaic run replays it: {comparison.difference.replay(given)}")
    if comparison.outcome != "same":
        lines += ["", *_table(f"minimal machine of the task {comparison.task}", comparison.machine)]
    return lines
