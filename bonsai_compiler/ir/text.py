"""Graphs as text, one node a line: `load(dump(graph)) == graph`, and canonical text survives too.

    graph delay2
    activation ameo = factor 0.5 leak 0.1
    input  x in {-1, 1}
    state  s0 = -1 then r0
    state  s1 = -1 then r1 near {-1, 1}
    neuron r0 = ameo(-1*x)
    neuron r1 = ameo(1*s0 - 0.5*x + 1)
    output y = r1

A product of two nodes is `product p0 = r0 * s1`.
Bits of which a user sees an integer are named by a line such as `port a in 0..6 thermometer`.
A graph of logic says so in its first line, `graph delay2 (logic)`; its inputs are in
{False, True}, and its nodes read `logic r0 = not x`. `#` begins a comment.
"""

import json
import math
import re
from typing import cast

from bonsai_compiler.errors import BonsaiError, shortened
from bonsai_compiler.ir.activation import PLAIN, Activation
from bonsai_compiler.ir.graph import (
    Dialect,
    Graph,
    Input,
    Logic,
    Neuron,
    Node,
    Output,
    Product,
    State,
    Term,
)
from bonsai_compiler.ir.parsing import parse
from bonsai_compiler.ir.ports import ENCODINGS, MOST_VALUES, Encoding, Port, unfit_labels

_NUMBER = r"[+-]?\d+(?:\.\d*)?(?:e[+-]?\d+)?"
_NAME = r"[^\W\d]\w*"
_VALUE = rf"True|False|{_NUMBER}"
_TERM = re.compile(rf"([+-])?\s*(\d+(?:\.\d*)?(?:e[+-]?\d+)?)(?:\s*\*\s*({_NAME}))?\s*")
_BITS = {Dialect.NEURONS: "{-1, 1}", Dialect.LOGIC: "{False, True}"}
_SHAPES = {
    "graph": (re.compile(rf"({_NAME})( \(logic\))?"), "graph NAME, or graph NAME (logic)"),
    "activation": (
        re.compile(rf"({_NAME}) = (?:factor ({_NUMBER}) leak ({_NUMBER})|({'|'.join(PLAIN)}))"),
        f"activation NAME = factor F leak L, or NAME = {', '.join(PLAIN[:-1])} or {PLAIN[-1]}",
    ),
    "port": (
        re.compile(
            rf"({_NAME}) in (?:(-?\d{{1,9}})\.\.(-?\d{{1,9}})|(\[.*\])) ({'|'.join(ENCODINGS)})"
        ),
        'port NAME in LOW..HIGH or in ["WORD", "WORD"], then '
        f"{', '.join(ENCODINGS[:-1])} or {ENCODINGS[-1]}",
    ),
    "input": (re.compile(rf"({_NAME}) in (\{{.*\}})"), "input NAME in {-1, 1}"),
    "state": (
        re.compile(rf"({_NAME}) = ({_VALUE}) then ({_NAME})(?: near \{{(.*)\}})?"),
        "state NAME = VALUE then NAME, with or without: near {VALUE, VALUE}",
    ),
    "neuron": (
        re.compile(rf"({_NAME}) = ({_NAME})\((.*)\)"),
        "neuron NAME = ACTIVATION(WEIGHT*NAME + BIAS)",
    ),
    "product": (re.compile(rf"({_NAME}) = ({_NAME}) ?\* ?({_NAME})"), "product NAME = NAME * NAME"),
    "logic": (re.compile(rf"({_NAME}) = (.+)"), "logic NAME = EXPRESSION"),
    "output": (re.compile(rf"({_NAME}) = ({_NAME})"), "output NAME = NAME"),
}


def dump(graph: Graph) -> str:
    """Return the canonical text of a graph, ending with a newline."""
    suffix = " (logic)" if graph.dialect is Dialect.LOGIC else ""
    lines = [f"graph {graph.name}{suffix}"]
    lines += [_dump_activation(name, activation) for name, activation in graph.activations]
    lines += [f"port   {port}" for port in graph.ports]
    lines += [dump_node(node, graph.dialect) for node in graph.nodes]
    return "\n".join(lines) + "\n"


def dump_node(node: Node, dialect: Dialect = Dialect.NEURONS) -> str:
    """Return the one line of text that stands for a node."""
    match node:
        case Input(name):
            return f"input  {name} in {_BITS[dialect]}"
        case State(name, init, following, levels):
            near = f" near {{{', '.join(map(number, levels))}}}" if levels else ""
            return f"state  {name} = {number(init)} then {following}{near}"
        case Neuron(name, activation, bias, terms):
            return f"neuron {name} = {activation}({weighted_sum(terms, bias)})"
        case Product(name, left, right):
            return f"product {name} = {left} * {right}"
        case Logic(name, expression):
            return f"logic  {name} = {expression}"
        case Output(name, source):
            return f"output {name} = {source}"


def number(value: float) -> str:
    """Return the shortest text that reads back as the same number; integers are bare."""
    if isinstance(value, bool):
        return repr(value)
    if math.isfinite(value) and value == int(value) and abs(value) < 1e16:
        return str(int(value))
    return repr(float(value))


def weighted_sum(terms: tuple[Term, ...], bias: float) -> str:
    """Return a sum as text, such as `1*s0 - 0.5*x + 1`; a bias of 0 is left out."""
    parts = [(term.weight, f"{number(abs(term.weight))}*{term.source}") for term in terms]
    if bias or not parts:
        parts.append((bias, number(abs(bias))))
    (first, text), *rest = parts
    return (
        ("-" if first < 0 else "")
        + text
        + "".join((" - " if weight < 0 else " + ") + part for weight, part in rest)
    )


def load(text: str, place: str = "<text>") -> Graph:
    """Return the graph that `text` describes, in canonical or freer spacing.

    Raises BonsaiError with `place` and the line number for a line that does not parse; whether
    the graph is well formed is for `verify` to say.
    """
    lines = [
        (count, " ".join(line.split("#", 1)[0].split()))
        for count, line in enumerate(text.splitlines(), 1)
    ]
    lines = [(count, line) for count, line in lines if line]
    if not lines or not lines[0][1].startswith("graph "):
        count = lines[0][0] if lines else 1
        raise BonsaiError(f"{place}:{count}: a graph begins with the line 'graph NAME'")
    header = _split(lines[0][1], f"{place}:{lines[0][0]}")[1]
    dialect = Dialect.LOGIC if header[2] else Dialect.NEURONS
    activations: list[tuple[str, Activation]] = []
    ports: list[Port] = []
    nodes: list[Node] = []
    for count, line in lines[1:]:
        spot = f"{place}:{count}"
        keyword, parts = _split(line, spot)
        if keyword == "graph":
            raise BonsaiError(f"{spot}: a second 'graph' line; put one graph in a file")
        if keyword == "activation":
            activations.append((parts[1], _load_activation(parts)))
        elif keyword == "port":
            ports.append(_load_port(parts, spot))
        else:
            nodes.append(_load_node(keyword, parts, dialect, spot))
    return Graph(header[1], tuple(nodes), tuple(activations), dialect, tuple(ports))


def _split(line: str, spot: str) -> tuple[str, re.Match[str]]:
    keyword, _, rest = line.partition(" ")
    if keyword not in _SHAPES:
        known = ", ".join(_SHAPES)
        raise BonsaiError(f"{spot}: '{shortened(keyword)}' begins no line; known are {known}")
    pattern, shape = _SHAPES[keyword]
    parts = pattern.fullmatch(rest)
    if parts is None:
        raise BonsaiError(f"{spot}: '{shortened(line)}' does not read as: {shape}")
    return keyword, parts


def _load_activation(parts: re.Match[str]) -> Activation:
    if parts[4]:
        return Activation(parts[4])
    return Activation("ameo", float(parts[2]), float(parts[3]))


def _load_port(parts: re.Match[str], spot: str) -> Port:
    encoding = cast(Encoding, parts[5])
    labels = () if parts[4] is None else _load_labels(parts[4], spot)
    low, high = (0, len(labels) - 1) if parts[4] else (int(parts[2]), int(parts[3]))
    most = MOST_VALUES[encoding]
    if not low < high < low + most:
        raise BonsaiError(f"{spot}: a {encoding} port has from 2 to {most} values, LOW first")
    return Port(parts[1], low, high, encoding, labels)


def parse_port(text: str, spot: str) -> Port:
    """Return the port that stands behind the word `port` in a line, such as `a in 0..6 binary`.

    Raises BonsaiError, which begins with `spot`, for what is none.
    """
    return _load_port(_split(f"port {text}", spot)[1], spot)


def _load_labels(text: str, spot: str) -> tuple[str, ...]:
    try:
        labels = json.loads(text)
    except (ValueError, RecursionError):
        labels = None
    if not isinstance(labels, list):
        raise BonsaiError(f'{spot}: {shortened(text)} is no list of words, such as ["up", "down"]')
    fault = unfit_labels(labels)
    if fault:
        raise BonsaiError(f"{spot}: the port {fault}")
    return tuple(labels)


def _load_node(keyword: str, parts: re.Match[str], dialect: Dialect, spot: str) -> Node:
    match keyword:
        case "input":
            if parts[2] != _BITS[dialect]:
                raise BonsaiError(f"{spot}: an input of this graph is in {_BITS[dialect]}")
            return Input(parts[1])
        case "state":
            levels = _load_levels(parts[4], dialect, spot) if parts[4] is not None else ()
            return State(parts[1], _load_value(parts[2], dialect, spot), parts[3], levels)
        case "neuron":
            terms, bias = _load_sum(parts[3], spot)
            return Neuron(parts[1], parts[2], bias, terms)
        case "product":
            return Product(parts[1], parts[2], parts[3])
        case "logic":
            try:
                return Logic(parts[1], parse(parts[2]))
            except ValueError as error:
                raise BonsaiError(f"{spot}: {error}") from None
        case _:
            return Output(parts[1], parts[2])


def _load_levels(text: str, dialect: Dialect, spot: str) -> tuple[float, ...]:
    words = [word.strip() for word in text.split(",")]
    if not all(re.fullmatch(_VALUE, word) for word in words):
        raise BonsaiError(f"{spot}: levels are numbers with commas between, not '{text}'")
    return tuple(_load_value(word, dialect, spot) for word in words)


def _load_value(word: str, dialect: Dialect, spot: str) -> float:
    if dialect is Dialect.NEURONS:
        if word in ("True", "False"):
            raise BonsaiError(f"{spot}: among neurons a bit is -1 or 1, not {word}")
        return float(word)
    if word in ("True", "False"):
        return word == "True"
    if not re.fullmatch(r"[+-]?\d+", word):
        raise BonsaiError(
            f"{spot}: in logic a value is a bool or a whole number, not {shortened(word)}"
        )
    if len(word) > 9:
        raise BonsaiError(f"{spot}: a level has nine digits at most, not {len(word)}")
    return int(word)


def _load_sum(text: str, spot: str) -> tuple[tuple[Term, ...], float]:
    text = text.strip()
    terms: list[Term] = []
    bias: float | None = None
    position = 0
    while position < len(text) or position == 0:
        part = _TERM.match(text, position)
        if part is None or bias is not None or (position > 0 and not part[1]):
            raise BonsaiError(
                f"{spot}: '{shortened(text)}' is no sum of WEIGHT*NAME terms with the bias last"
            )
        value = float(part[2]) * (-1 if part[1] == "-" else 1)
        if part[3]:
            terms.append(Term(value, part[3]))
        else:
            bias = value
        position = part.end()
    return tuple(terms), bias or 0.0


def _dump_activation(name: str, activation: Activation) -> str:
    if activation.kind != "ameo":
        return f"activation {name} = {activation.kind}"
    factor, leak = number(activation.factor), number(activation.leak)
    return f"activation {name} = factor {factor} leak {leak}"
