"""Machines as `bonsaic machine FILE` prints them: a row a state, a column a letter."""

import re

from bonsai_compiler.formats.automaton import Automaton, Edge, fault, lines_of, short

_GAP = re.compile(r'  +(?=(?:[^"]*"[^"]*")*[^"]*$)')
_NAMES = re.compile(r"(?:columns are (.+); )?entries are next state / (.+)")
_ENTRY = re.compile(r"(\S+) / (.+)")


def read(text: str, place: str) -> Automaton:
    """Return the machine of a table; raises BonsaiError with the line of a fault."""
    lines = lines_of(text, place)
    if not lines[0].startswith("machine of ") or len(lines) < 4:
        raise fault(place, 1, "is no table of 'bonsaic machine', which begins 'machine of NAME: '")
    names = _NAMES.fullmatch(lines[1])
    if names is None:
        raise fault(place, 2, "does not say 'entries are next state / OUTPUTS'")
    ports = {line.split()[1]: line.partition(" ")[2] for line in lines if line.startswith("port ")}
    inputs, outputs = (
        tuple(ports.get(name, name) for name in (part or "").split()) for part in names.groups()
    )
    head = next((at for at, line in enumerate(lines) if at > 1 and line.startswith("   ")), None)
    if head is None:
        raise fault(place, 3, "there is no row of letters above the states")
    letters = _GAP.split(lines[head].strip())
    edges: list[Edge] = []
    states: list[str] = []
    for count, line in enumerate(lines[head + 1 :], head + 2):
        if not line.strip():
            break
        name, *entries = _GAP.split(line[1:].strip())
        if line[0] not in "> " or len(entries) != len(letters):
            said = f"{short(line.strip())} is no row of a state and {len(letters)} entries"
            raise fault(place, count, said)
        states.append(name)
        for letter, entry in zip(letters, entries, strict=True):
            if entry == ".":
                continue
            found = _ENTRY.fullmatch(entry)
            if found is None:
                raise fault(place, count, f"{short(entry)} is no entry, next state / outputs")
            word = "" if letter == "each tick" else letter
            edges.append(Edge(name, word, found[1], found[2], count))
    for edge in edges:
        if edge.target not in states:
            raise fault(place, edge.line, f"{short(edge.target)} has no row")
    if not edges:
        raise fault(place, head + 1, "there is no step")
    return Automaton(
        "Mealy machine", tuple(states), states[0], tuple(edges), {}, inputs, outputs, free=True
    )
