"""Machines as `bonsaic machine FILE --to json` lists them."""

import json

from bonsai_compiler.errors import shown
from bonsai_compiler.formats.automaton import Automaton, Edge, fault, lines_of, short
from bonsai_compiler.ir.signals import in_quotes


def is_listing(text: str) -> bool:
    """Return whether a text may be such a list: JSON with a machine in it."""
    return text.lstrip().startswith("{") and '"machine"' in text[:4000]


def read(text: str, place: str) -> Automaton:
    """Return the machine of a list; raises BonsaiError for a fault, if of JSON with its line."""
    lines_of(text, place)
    try:
        machine = json.loads(text)["machine"]
    except json.JSONDecodeError as error:
        raise fault(place, error.lineno, f"not JSON: {error.msg}") from None
    except (TypeError, KeyError, RecursionError):
        raise fault(place, 1, "there is no 'machine' in it") from None
    try:
        inputs, outputs = machine["inputs"], machine["outputs"]
        ports = {port.partition(" ")[0]: port for port in machine.get("ports", [])}
        fields = [tuple(ports.get(name, name) for name in names) for names in (inputs, outputs)]
        edges = tuple(
            Edge(state, letter, step["next"], _word(step["outputs"]), 1)
            for state, letters in machine["states"].items()
            for letter, step in letters.items()
        )
        states, start = tuple(machine["states"]), machine["start"]
        for edge in edges:
            if edge.target not in states:
                raise fault(place, 1, f"a step leads to {short(edge.target)}, which is no state")
        if start not in states:
            raise fault(place, 1, f"the start is {short(start)}, which is no state")
    except (TypeError, KeyError, AttributeError, ValueError) as error:
        raise fault(
            place, 1, f"the machine is not as 'bonsaic machine' lists one ({shown(error)})"
        ) from None
    return Automaton("Mealy machine", states, start, edges, {}, fields[0], fields[1], free=True)


def _word(values: list[object]) -> str:
    return ",".join(map(_value, values))


def _value(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, str):
        return in_quotes(value)
    if isinstance(value, bool | int):
        return str(int(value))
    raise ValueError(value)
