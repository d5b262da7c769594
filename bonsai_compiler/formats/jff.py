"""JFLAP's files, `.jff`: finite automata, Mealy and Moore machines, in XML without a DTD."""

import math
from collections.abc import Mapping
from html import escape
from xml.parsers import expat

from bonsai_compiler.formats.automaton import (
    Automaton,
    Edge,
    Kind,
    fault,
    interface_comment,
    lines_of,
    read_interface,
    short,
)

KINDS: Mapping[str, Kind] = {"fa": "acceptor", "mealy": "Mealy machine", "moore": "Moore machine"}

MOST_DEPTH = 20


class _Reader:
    """Takes what expat finds, in order; `parts` are the open elements."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self.begin
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.text
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.parser.CommentHandler = self.comment
        self.parser.buffer_text = True
        self.parts: list[str] = []
        self.said = ""
        self.kind: Kind | None = None
        self.names: dict[str, str] = {}
        self.starts: list[tuple[str, int]] = []
        self.finals: set[str] = set()
        self.outputs: dict[str, str] = {}
        self.edges: list[Edge] = []
        self.interface: tuple[tuple[str, ...], tuple[str, ...]] | None = None
        self.state, self.line = "", 0
        self.step: dict[str, str] = {}

    def fail(self, text: str, line: int = 0) -> Exception:
        return fault(self.place, line or self.parser.CurrentLineNumber, text)

    def doctype(self, *_: object) -> None:
        raise self.fail("a DOCTYPE may define what expands without end; take it out")

    def comment(self, text: str) -> None:
        spot = f"{self.place}:{self.parser.CurrentLineNumber}"
        self.interface = self.interface or read_interface(text.strip(), spot)

    def begin(self, name: str, given: dict[str, str]) -> None:
        if not self.parts and name != "structure":
            raise self.fail(f"the root is {short(name)}; a file of JFLAP has <structure>")
        self.parts.append(name)
        self.said = ""
        if len(self.parts) > MOST_DEPTH:
            raise self.fail(f"elements stand more than {MOST_DEPTH} deep")
        match name:
            case "state" | "block":
                self.state, self.line = given.get("id", ""), self.parser.CurrentLineNumber
                if not self.state:
                    raise self.fail('a state has no id, such as id="0"')
                if self.state in self.names:
                    raise self.fail(f"a second state has the id {short(self.state)}")
                self.names[self.state] = given.get("name") or f"q{self.state}"
            case "transition":
                self.step, self.line = {}, self.parser.CurrentLineNumber

    def text(self, text: str) -> None:
        self.said += text

    def end(self, name: str) -> None:
        self.parts.pop()
        above, said = self.parts[-1] if self.parts else "", self.said.strip()
        self.said = ""
        match above, name:
            case "structure", "type":
                if said not in KINDS:
                    raise self.fail(f"the type {short(said)} is not read; fa, mealy and moore are")
                self.kind = KINDS[said]
            case (("state" | "block"), "initial"):
                self.starts.append((self.state, self.line))
            case (("state" | "block"), "final"):
                self.finals.add(self.state)
            case (("state" | "block"), "output"):
                self.outputs[self.state] = said
            case "transition", ("from" | "to" | "read" | "transout"):
                self.step[name] = said
            case _, "transition":
                self._take_step()

    def _take_step(self) -> None:
        for part in ("from", "to"):
            if self.step.get(part) is None:
                raise self.fail(f"a transition has no <{part}>", self.line)
        letter = self.step.get("read", "")
        if not letter:
            said = "a transition reads nothing; a machine here takes a letter on each tick"
            raise self.fail(said, self.line)
        self.edges.append(
            Edge(self.step["from"], letter, self.step["to"], self.step.get("transout"), self.line)
        )


def read(text: str, place: str) -> Automaton:
    """Return the machine of a file of JFLAP; raises BonsaiError with the line of a fault."""
    lines_of(text, place)
    found = _Reader(place)
    try:
        # As text it has no encoding any more, whatever its first line says.
        found.parser.Parse(text.encode("utf-8"), True)
    except expat.ExpatError as error:
        why = expat.errors.messages[error.code]
        raise fault(place, error.lineno, f"not XML: {why}") from None
    last = len(text.splitlines())
    if found.kind is None:
        raise fault(place, last, "there is no <type>; it is fa, mealy or moore")
    if not found.starts:
        raise fault(place, last, "no state is initial; put <initial/> into one")
    if len(found.starts) > 1:
        (_, one), (_, other), *_ = found.starts
        raise fault(place, other, f"a second state is initial, as the one of line {one}")
    for edge in found.edges:
        for state in (edge.source, edge.target):
            if state not in found.names:
                raise fault(place, edge.line, f"the transition names {short(state)}, no state's id")
        if found.kind == "Mealy machine" and not edge.output:
            raise fault(place, edge.line, "the transition has no output; write <transout>")
    said: Mapping[str, str] = {}
    if found.kind == "acceptor":
        said = {state: "01"[state in found.finals] for state in found.names}
    elif found.kind == "Moore machine":
        said = found.outputs
        for state, name in found.names.items():
            if not said.get(state):
                raise fault(place, last, f"the state {short(name)} has no <output>")
    inputs, outputs = found.interface or (None, None)
    states = tuple(found.names)
    mealy = found.kind == "Mealy machine"
    edges = tuple(
        Edge(e.source, e.letter, e.target, e.output if mealy else None, e.line) for e in found.edges
    )
    free = found.interface is not None
    start = found.starts[0][0]
    return Automaton(found.kind, states, start, edges, said, inputs, outputs, free=free)


def write(automaton: Automaton) -> str:
    """Return a machine as a Mealy machine of JFLAP, its states on a circle."""
    comment = interface_comment(automaton).replace("--", "\\u002d\\u002d")
    lines = [
        '<?xml version="1.0" encoding="UTF-8" standalone="no"?>',
        f"<!-- {comment} -->",
        "<structure>",
        "  <type>mealy</type>",
        "  <automaton>",
    ]
    number = {state: place for place, state in enumerate(automaton.states)}
    for state, place in number.items():
        turn = 2 * math.pi * place / len(number)
        radius = 60 + 25 * len(number)
        x, y = (f"{radius * (1 + part):.1f}" for part in (math.cos(turn), math.sin(turn)))
        start = "<initial/>" if state == automaton.start else ""
        name = escape(state, quote=False).replace('"', "&quot;")
        lines.append(f'    <state id="{place}" name="{name}"><x>{x}</x><y>{y}</y>{start}</state>')
    for edge in automaton.edges:
        letter, output = (escape(text or "", quote=False) for text in (edge.letter, edge.output))
        lines.append(
            f"    <transition><from>{number[edge.source]}</from><to>{number[edge.target]}</to>"
            f"<read>{letter}</read><transout>{output}</transout>"
            "</transition>"
        )
    return "\n".join([*lines, "  </automaton>", "</structure>"]) + "\n"
