"""DOT, as AALpy, LearnLib and the Automata Wiki write machines in it, and as our own drawings.

The language is Graphviz's, without ports and HTML labels. pydot reads it too, through pyparsing,
without the lines that errors have to name.
"""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from bonsai_compiler.formats.automaton import (
    Automaton,
    Edge,
    fault,
    lines_of,
    read_interface,
    short,
)

MOST_DEPTH = 20

_TOKEN = re.compile(
    r"""(?P<space>[ \t\f\v\n\r]+|//[^\n]*|/\*.*?\*/)
    |(?P<preprocessor>^\#[^\n]*)
    |(?P<quoted>"(?:[^"\\]|\\.)*")
    |(?P<name>[^\W\d]\w*|-?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?![\w.]))
    |(?P<sign>->|--|[{}\[\];,=:+])
    |(?P<html><)""",
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    line: int


def _tokens(text: str, place: str) -> Iterator[_Token]:
    at, line = 0, 1
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            rest = text[at : at + 40].split("\n")[0]
            unclosed = rest.startswith(('"', "/*"))
            said = "is never closed" if unclosed else "is not in the language of Graphviz"
            raise fault(place, line, f"{short(rest)} {said}")
        kind, value = str(found.lastgroup), found[0]
        if kind == "html":
            raise fault(place, line, 'HTML labels are not read; write a text, "a/x"')
        if kind == "quoted":
            # A line that ends in a backslash goes on in the next.
            inner = re.sub(r"\\\r?\n", "", value[1:-1])
            yield _Token("name", inner.replace('\\"', '"'), line)
        elif kind in ("name", "sign"):
            yield _Token(kind, value, line)
        line += value.count("\n")
        at = found.end()
    yield _Token("end", "", line)


Attributes = dict[str, str]


@dataclass(slots=True)
class _Drawing:
    """The nodes and edges of a graph, with their attributes and lines."""

    attributes: Attributes = field(default_factory=dict)
    nodes: dict[str, Attributes] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    edges: list[tuple[str, str, Attributes, int]] = field(default_factory=list)


class _Parser:
    """Reads the statements of one graph; subgraphs count as part of it."""

    def __init__(self, text: str, place: str) -> None:
        self.place = place
        self.tokens = list(_tokens(text, place))
        self.at = 0
        self.found = _Drawing()

    @property
    def token(self) -> _Token:
        return self.tokens[self.at]

    def fail(self, wish: str) -> Exception:
        token = self.token
        met = short(token.text) if token.kind != "end" else "the file's end"
        return fault(self.place, token.line, f"{wish} is wanted here, not {met}")

    def take(self) -> _Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def met(self, *texts: str) -> bool:
        """Take a sign or a keyword if it is next."""
        token = self.token
        if token.kind != "end" and token.text.lower() in texts:
            self.at += 1
            return True
        return False

    def name(self, wish: str) -> _Token:
        if self.token.kind != "name":
            raise self.fail(wish)
        return self.take()

    def graph(self) -> _Drawing:
        self.met("strict")
        if not self.met("digraph"):
            raise self.fail("'digraph'")
        if self.token.kind == "name":
            self.take()
        self.body(1, {}, {})
        if self.token.kind != "end":
            raise self.fail("the end of the file, since there is one graph to a file,")
        return self.found

    def body(self, depth: int, nodes: Attributes, edges: Attributes) -> None:
        if not self.met("{"):
            raise self.fail("'{'")
        if depth > MOST_DEPTH:
            raise fault(self.place, self.token.line, f"subgraphs are more than {MOST_DEPTH} deep")
        nodes, edges = dict(nodes), dict(edges)
        while not self.met("}"):
            if self.met(";", ","):
                continue
            if self.token.kind == "sign" and self.token.text == "{":
                self.body(depth + 1, nodes, edges)
            else:
                self.statement(depth, nodes, edges)

    def statement(self, depth: int, nodes: Attributes, edges: Attributes) -> None:
        token = self.name("a state, an edge or '}'")
        match token.text.lower():
            case "subgraph":
                if self.token.kind == "name":
                    self.take()
                return self.body(depth + 1, nodes, edges)
            case "node" if self.token.text == "[":
                return nodes.update(self.listed())
            case "edge" if self.token.text == "[":
                return edges.update(self.listed())
            case "graph" if self.token.text == "[":
                return self.found.attributes.update(self.listed())
        if self.met("="):
            value = self.name("a value").text
            self.found.attributes.setdefault(token.text, value)
            return None
        path = [self.node(token, nodes)]
        while self.token.kind == "sign" and self.token.text in ("->", "--"):
            if self.take().text == "--":
                raise fault(self.place, token.line, "'--' has no direction; write '->'")
            path.append(self.node(self.name("a state"), nodes))
        given = self.listed() if self.token.text == "[" else {}
        if len(path) == 1:
            self.found.nodes[path[0]].update(given)
        for source, target in pairwise(path):
            self.found.edges.append((source, target, {**edges, **given}, token.line))
        return None

    def node(self, token: _Token, nodes: Attributes) -> str:
        if token.text not in self.found.nodes:
            self.found.nodes[token.text] = dict(nodes)
            self.found.lines[token.text] = token.line
        while self.met(":"):
            self.name("a port")
        return token.text

    def listed(self) -> Attributes:
        given: Attributes = {}
        while self.met("["):
            while not self.met("]"):
                if self.met(",", ";"):
                    continue
                name = self.name("an attribute").text
                given[name] = self.value() if self.met("=") else "true"
        return given

    def value(self) -> str:
        text = self.name("a value").text
        while self.met("+"):
            text += self.name("a value").text
        return text


_SLASH = r' / (?=(?:[^"]*"[^"]*")*[^"]*$)'
_LISTED = r', (?=(?:[^"]*"[^"]*")*[^"]*$)'
NO_SHAPES = ("none", "point", "plaintext", "plain")


def read(text: str, place: str) -> Automaton:
    """Return the machine that a graph in DOT draws; raises BonsaiError with the line of a fault.

    Edges say `a/x` in a Mealy machine. Of a Moore machine states say `q|x`, or only `x` where two
    of them say the same; of an acceptor some have a double circle. An edge without a letter, from a
    node such as `__start0` that is no state, leads to the start.
    """
    lines_of(text, place)
    drawing = _Parser(text, place).graph()
    comment = _text(drawing.attributes.get("comment", ""))
    interface = read_interface(comment, f"{place}:1")
    marks = {
        name
        for name, given in drawing.nodes.items()
        if name.startswith("__start") or given.get("shape") in NO_SHAPES
    }
    starts = [(target, line) for source, target, _, line in drawing.edges if source in marks]
    last = text.count("\n") + 1
    if not starts:
        raise fault(place, last, "no start is marked; add '__start0 -> STATE' to the graph")
    if len(starts) > 1:
        said = f"a second start is marked, {short(starts[1][0])} as well as {short(starts[0][0])}"
        raise fault(place, starts[1][1], said)
    steps = [edge for edge in drawing.edges if edge[0] not in marks]
    states = tuple(name for name in drawing.nodes if name not in marks)
    for _, target, _, line in steps:
        if target in marks:
            raise fault(
                place, line, f"the edge leads to {short(target)}, which only marks the start"
            )
    for source, target, given, line in steps:
        if not given.get("label", "").strip():
            raise fault(
                place, line, f"the edge from {short(source)} to {short(target)} has no label"
            )
    if not steps:
        raise fault(place, last, "there is no edge; a machine has one for each step")
    _expect_certain(steps, place)
    ours = interface is not None
    inputs, outputs = interface or (None, None)
    if ours or any("/" in given["label"] for _, _, given, _ in steps):
        edges = tuple(
            Edge(source, letter, target, output, line)
            for source, target, given, line in steps
            for letter, output in _ways(given["label"], place, line, ours=ours)
        )
        return Automaton(
            "Mealy machine", states, starts[0][0], edges, {}, inputs, outputs, free=ours
        )
    edges = tuple(
        Edge(source, letter.strip(), target, None, line)
        for source, target, given, line in steps
        for letter in _text(given["label"]).splitlines()
    )
    accepting = _double(drawing.nodes, states)
    if accepting:
        return Automaton("acceptor", states, starts[0][0], edges, accepting)
    return Automaton("Moore machine", states, starts[0][0], edges, _said(drawing, states, place))


def _text(label: str) -> str:
    """Return a label as it is drawn: with its line breaks, backslashes and entities."""
    drawn = re.sub(r"\\(.)", lambda sign: "\n" if sign[1] in "nlr" else sign[1], label)
    return html.unescape(drawn)


def _ways(label: str, place: str, line: int, *, ours: bool) -> Iterator[tuple[str, str]]:
    """Yield the letters of an edge with what is said; in our own drawings they stand in lists."""
    for text in filter(None, map(str.strip, _text(label).splitlines())):
        spaced = re.split(_SLASH if ours else " / ", text, maxsplit=1)
        if len(spaced) == 2:
            letter, output = spaced
        elif ours:
            letter, output = "", text
        else:
            letter, _, output = text.partition("/")
        if not ours and not (letter.strip() and output.strip()):
            raise fault(place, line, f"{short(text)} is no label of a step, such as 'a/x'")
        for one in re.split(_LISTED, letter) if ours else [letter]:
            yield one.strip(), output.strip()


def _expect_certain(steps: list[tuple[str, str, Attributes, int]], place: str) -> None:
    """Raise BonsaiError where the labels of all edges end in a probability, and one is not 1."""
    found = [re.fullmatch(r"(.+):([0-9.]+)", given["label"]) for _, _, given, _ in steps]
    if not all(found):
        return
    for match, (source, target, given, line) in zip(found, steps, strict=True):
        assert match is not None
        if float(match[2].strip(".") or 0) == 1:
            given["label"] = match[1]
            continue
        other = next(
            (
                f" (line {edge[3]} to {short(edge[1])})"
                for edge in steps
                if edge[0] == source
                and edge[2] is not given
                and edge[3] != line
                and edge[2]["label"].startswith(f"{match[1]}:")
            ),
            "",
        )
        said = f"{short(given['label'])} is a probability: {short(match[1])} leads from "
        raise fault(
            place,
            line,
            f"{said}{short(source)} to {short(target)} or elsewhere{other}; give one way",
        )


def _double(nodes: Mapping[str, Attributes], states: tuple[str, ...]) -> dict[str, str]:
    """Return whether each state accepts, 1 or 0, if any is drawn so; else nothing."""
    double = {
        name
        for name in states
        if nodes[name].get("shape") == "doublecircle" or nodes[name].get("peripheries") == "2"
    }
    return {name: "01"[name in double] for name in states} if double else {}


def _said(drawing: _Drawing, states: tuple[str, ...], place: str) -> dict[str, str]:
    """Return what each state of a Moore machine says."""
    labels = {name: drawing.nodes[name].get("label", name) for name in states}
    records = all("|" in label for label in labels.values())
    if not records and len(set(labels.values())) == len(states):
        said = "edges have no '/', states no '|' and no double circle: nothing is said or accepted"
        raise fault(place, drawing.lines[states[0]], said)
    return {
        name: _text(label.strip("{} ").partition("|")[2] if records else label).strip()
        for name, label in labels.items()
    }
