"""The views, as a table: a machine as a table to read, drawn for Graphviz, or as JSON."""

import json
import math
import textwrap
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict

from bonsai_compiler.backends.graphviz import TITLE_WIDTH, cluster, digraph, edge, node, quoted
from bonsai_compiler.equivalence.search import results
from bonsai_compiler.equivalence.system import FAULT, Codes
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.formats import att, jff, kiss2
from bonsai_compiler.formats.automaton import interface_comment
from bonsai_compiler.fsm.automata import automaton_of
from bonsai_compiler.fsm.closed import (
    Comparison,
    Joint,
    NamedMachine,
    StateEncoding,
    joint_word,
    learned_lines,
    letter_word,
    outcome_line,
    output_word,
    state_title,
)
from bonsai_compiler.ir.signals import Signals, Value
from bonsai_compiler.ir.text import number
from bonsai_compiler.learning.learner import Learned
from bonsai_compiler.specification.machine import Machine

MOST_LISTED = 12
"""Items that one line lists before it says how many more there are."""


AS_TRAINED = "bonsaic compile holds states to few"
"""What to do about a network as it was trained, whose states take ever new values."""


def view_table(drawing: NamedMachine) -> str:
    """A row a state, the start marked >, a column a letter; then what the levels mean."""
    reached = "" if drawing.learned else f", of {drawing.reached:,} reached"
    parts = [_table(f"machine of {drawing.name}", drawing.machine, reached)]
    if drawing.encoding.names:
        parts.append(_encoding(drawing.encoding))
    if said := learned_lines(drawing):
        parts.append(said)
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
        *(f"port {port}" for port in machine.ports),
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


_HEADING = (
    "rankdir=LR;",
    "labelloc=t; fontname=Helvetica; fontsize=12; pad=0.4;",
    'node [shape=circle, fontname="Helvetica", fontsize=11, color="#444444"];',
    'edge [fontname="Helvetica", fontsize=9, color="#666666", arrowsize=0.7];',
)


def view_dot(drawing: NamedMachine) -> str:
    """A Graphviz drawing: states with what they mean, edges with `letters / outputs`.

    It can be read as a machine, whose inputs and outputs a comment tells. A task's machine stands
    beside it unless it is the same.
    """
    name, machine, held = drawing.name, drawing.machine, drawing.comparison
    notes = [_joint_note(members) for members in drawing.encoding.members]
    drawn = _drawing("", f"machine of {name}", machine, notes)
    if held is not None and held.outcome != "same":
        title = f"minimal machine of the task {held.task}"
        drawn += _drawing("task ", title, held.machine, [""] * held.machine.size)
    said = [*learned_lines(drawing)[1:], outcome_line(drawing)]
    label = quoted("\n".join(textwrap.fill(line, TITLE_WIDTH) for line in said if line))
    comment = quoted(interface_comment(automaton_of(machine)))
    return digraph(name, [*_HEADING, f"comment={comment};", f"label={label};", *drawn])


def _drawing(prefix: str, title: str, machine: Machine, notes: list[str]) -> list[str]:
    """Return one machine as a cluster; `prefix` sets its nodes apart, `notes` stand in them."""
    inputs, outputs = machine.input_signals, machine.output_signals
    label = f"{title}\n{_labelled(' '.join(inputs.names), ' '.join(outputs.names))}"
    nodes = [prefix + state_title(state) for state in range(machine.size)]
    lines = [
        # Below and to the left: edges that lead back run above, across the middle.
        f"label={quoted(label)}; labelloc=b; labeljust=l; color=white;",
        node(f"{prefix}start", shape="point"),
        edge(f"{prefix}start", nodes[0]),
    ]
    for state, note in enumerate(notes):
        text = "\n".join(filter(None, (state_title(state), note)))
        lines.append(node(nodes[state], label=text))
        for following, words in _ways(machine, state).items():
            ways = "\n".join(_way(letters, outputs) for outputs, letters in words.items())
            lines.append(edge(nodes[state], nodes[following], label=ways))
    return cluster(prefix, lines)


def _ways(machine: Machine, state: int) -> dict[int, dict[str, list[str]]]:
    """Return the letters that lead from a state, by the next state and the outputs."""
    ways: dict[int, dict[str, list[str]]] = {}
    for letter in machine.legal[state].nonzero()[0].tolist():
        word = output_word(machine, state, letter)
        letters = ways.setdefault(int(machine.successor[state, letter]), {})
        letters.setdefault(word, []).append(letter_word(machine, letter))
    return ways


def _way(letters: list[str], outputs: str) -> str:
    """Return lines, each of which says some of the letters, and the outputs."""
    lines = [[letters[0]]]
    for letter in letters[1:]:
        if len(_labelled(", ".join([*lines[-1], letter]), outputs)) <= TITLE_WIDTH:
            lines[-1].append(letter)
        else:
            lines.append([letter])
    return "\n".join(_labelled(", ".join(some), outputs) for some in lines)


def _labelled(letters: str, outputs: str) -> str:
    return f"{letters} / {outputs}" if letters else outputs


def _joint_note(members: tuple[Joint, ...]) -> str:
    """Return the first of the joint levels that stand for a state, and how many more do.

    Of a machine that was learned they are not known.
    """
    if not members:
        return ""
    first, more = joint_word(members[0]), len(members) - 1
    return f"{first} + {more}" if more else first


def view_json(drawing: NamedMachine) -> str:
    """States by name, letters as words; an output is a bool, an integer, null or "fault"."""
    held = drawing.comparison
    facts = {
        "name": drawing.name,
        "machine": _machine(drawing.machine),
        "reached": drawing.reached,
        "meaning": _encoding_in_json(drawing.encoding),
        "learned": drawing.learned and _learned_in_json(drawing.learned),
        "basis": drawing.basis and asdict(drawing.basis),
        "task": None if held is None else _comparison(held),
    }
    return json.dumps(facts, indent=1) + "\n"


def _machine(machine: Machine) -> dict[str, object]:
    """Return a machine as plain values; letters that cannot come are left out."""
    states = {}
    for state in range(machine.size):
        states[state_title(state)] = {
            letter_word(machine, letter): {
                "next": state_title(int(machine.successor[state, letter])),
                "outputs": _outputs(machine.output_signals, machine.output[state, letter]),
            }
            for letter in machine.legal[state].nonzero()[0].tolist()
        }
    return {
        "inputs": machine.input_signals.names,
        "outputs": machine.output_signals.names,
        "ports": list(map(str, machine.ports)),
        "horizon": machine.horizon,
        "start": state_title(0),
        "states": states,
    }


def _encoding_in_json(encoding: StateEncoding) -> dict[str, object]:
    return {
        "states": encoding.names,
        "members": {state_title(state): joint for state, joint in enumerate(encoding.members)},
        "levels": {
            name: {title: _plain(value) for title, value in levels.items()}
            for name, levels in encoding.legend.items()
        },
        "needless": encoding.needless,
    }


def _learned_in_json(held: Learned) -> dict[str, object]:
    """Return by what a machine was learned; nothing is said of what was never tried."""
    verdict = held.verdict
    return {
        "questions": held.questions,
        "steps": held.steps,
        "seconds": round(held.seconds, 3),
        "verdict": verdict.kind,
        "by": verdict.by if verdict.kind == "proved" else None,
        "regions": verdict.regions or None,
        "slack": verdict.slack,
    }


def _comparison(held: Comparison) -> dict[str, object]:
    found = held.difference
    return {
        "name": held.task,
        "outcome": held.outcome,
        "machine": _machine(held.machine),
        "difference": found
        and {
            "inputs": [held.machine.input_signals.word(bits) for bits in found.inputs],
            "outputs": held.machine.output_signals.values(found.outputs[-1]),
            "expected": held.machine.output_signals.values(found.expected[-1]),
            "fault": found.fault or None,
        },
    }


def _outputs(signals: Signals, codes: Codes) -> list[Value]:
    if FAULT in codes:
        return ["fault"] * len(signals.fields)
    return list(signals.values(results(codes)))


def _plain(value: float) -> float | str:
    """Return a number as JSON can hold it; infinity is none of its numbers."""
    return value if math.isfinite(value) else str(value)


def view_kiss2(drawing: NamedMachine) -> str:
    """KISS2 for tools of logic synthesis, over the bits of all inputs and outputs."""
    return kiss2.write(automaton_of(drawing.machine, bits=True))


def view_att(drawing: NamedMachine) -> str:
    """AT&T text for OpenFst and foma: a transducer, all of whose states are final."""
    return att.write(automaton_of(drawing.machine))


def view_jff(drawing: NamedMachine) -> str:
    """A Mealy machine for JFLAP."""
    return jff.write(automaton_of(drawing.machine))


View = Callable[[NamedMachine], str]

VIEWS: dict[str, View] = {
    "table": view_table,
    "dot": view_dot,
    "json": view_json,
    "kiss2": view_kiss2,
    "att": view_att,
    "jff": view_jff,
}


def expect_view(name: str) -> View:
    """Return the view of a name; raises BonsaiError if there is none."""
    if name not in VIEWS:
        raise BonsaiError(f"there is no view '{name}'; known are {', '.join(VIEWS)}")
    return VIEWS[name]
