"""A machine drawn for Graphviz: round states, an edge for all letters that go the same way."""

import textwrap

from bonsai_compiler.backends.graphviz import TITLE_WIDTH, cluster, digraph, edge, node, quoted
from bonsai_compiler.fsm.closed import NamedMachine
from bonsai_compiler.fsm.encoding import Joint
from bonsai_compiler.fsm.words import (
    joint_word,
    letter_word,
    outcome_line,
    output_word,
    state_title,
)
from bonsai_compiler.specification.machine import Machine

_HEADING = (
    "rankdir=LR;",
    "labelloc=t; fontname=Helvetica; fontsize=12; pad=0.4;",
    'node [shape=circle, fontname="Helvetica", fontsize=11, color="#444444"];',
    'edge [fontname="Helvetica", fontsize=9, color="#666666", arrowsize=0.7];',
)


def view_dot(drawing: NamedMachine) -> str:
    """A Graphviz drawing: states with what they mean, edges with `letters / outputs`.

    A task's machine stands beside it unless it is the same.
    """
    name, machine, held = drawing.name, drawing.machine, drawing.comparison
    notes = [_joint_note(members) for members in drawing.encoding.members]
    drawn = _drawing("", f"machine of {name}", machine, notes)
    if held is not None and held.outcome != "same":
        title = f"minimal machine of the task {held.task}"
        drawn += _drawing("task ", title, held.machine, [""] * held.machine.size)
    label = quoted(textwrap.fill(outcome_line(drawing), TITLE_WIDTH))
    return digraph(name, [*_HEADING, f"label={label};", *drawn])


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
    return textwrap.fill(_labelled(", ".join(letters), outputs), TITLE_WIDTH)


def _labelled(letters: str, outputs: str) -> str:
    return f"{letters} / {outputs}" if letters else outputs


def _joint_note(members: tuple[Joint, ...]) -> str:
    """Return the first of the joint levels that stand for a state, and how many more do."""
    first, more = joint_word(members[0]), len(members) - 1
    return f"{first} + {more}" if more else first
