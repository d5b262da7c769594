"""A machine as JSON, for scripts: the same facts as in the table, and none left out."""

import json
import math

from bonsai_compiler.equivalence.search import results
from bonsai_compiler.equivalence.system import FAULT, Codes
from bonsai_compiler.fsm.closed import Comparison, NamedMachine
from bonsai_compiler.fsm.encoding import StateEncoding
from bonsai_compiler.fsm.words import letter_word, state_title
from bonsai_compiler.ir.signals import Signals, Value
from bonsai_compiler.specification.machine import Machine


def view_json(drawing: NamedMachine) -> str:
    """States by name, letters as words; an output is a bool, an integer, null or "fault"."""
    held = drawing.comparison
    facts = {
        "name": drawing.name,
        "machine": _machine(drawing.machine),
        "reached": drawing.reached,
        "meaning": _encoding(drawing.encoding),
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
        "horizon": machine.horizon,
        "start": state_title(0),
        "states": states,
    }


def _encoding(encoding: StateEncoding) -> dict[str, object]:
    return {
        "states": encoding.names,
        "members": {state_title(state): joint for state, joint in enumerate(encoding.members)},
        "levels": {
            name: {title: _plain(value) for title, value in levels.items()}
            for name, levels in encoding.legend.items()
        },
        "needless": encoding.needless,
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
