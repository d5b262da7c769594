"""Read a graph's text, as README.md and the heads of the examples show it; nothing is checked."""

import re
from dataclasses import dataclass, field

from .fields import Field, Fields


@dataclass(frozen=True)
class State:
    """What it holds first, where the next value comes from, and the levels that it keeps to."""

    first: bool | int | float
    source: str
    levels: tuple[float, ...] = ()


@dataclass(frozen=True)
class Neuron:
    """An activation's name, terms (weight, name) in order, and a bias."""

    activation: str
    terms: tuple[tuple[float, str], ...]
    bias: float


@dataclass(frozen=True)
class Product:
    """The names of its two factors."""

    left: str
    right: str


@dataclass
class Graph:
    """A graph's nodes by name, in their order; logic is kept as text."""

    name: str = ""
    logical: bool = False
    activations: dict[str, tuple[float, float] | str] = field(default_factory=dict)
    ports: dict[str, Field] = field(default_factory=dict)
    inputs: list[str] = field(default_factory=list)
    states: dict[str, State] = field(default_factory=dict)
    computed: dict[str, Neuron | Product | str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)

    @property
    def input_signals(self) -> Fields:
        """The inputs as a user sees them."""
        return self._fields(self.inputs)

    @property
    def output_signals(self) -> Fields:
        """The outputs as a user sees them."""
        return self._fields(list(self.outputs))

    def _fields(self, bits: list[str]) -> Fields:
        owners = {port.bits[0]: port for port in self.ports.values()}
        fields, place = [], 0
        while place < len(bits):
            found = owners.get(bits[place], Field(bits[place]))
            fields.append(found)
            place += len(found.bits)
        return tuple(fields)


def read_graph(text: str) -> Graph:
    """Return what the lines of a graph say."""
    graph = Graph()
    for raw in text.splitlines():
        line = raw.split("#")[0].strip()
        if line:
            keyword, rest = line.split(None, 1)
            _read_line(graph, keyword, rest)
    return graph


def _read_line(graph: Graph, keyword: str, rest: str) -> None:
    name, _, said = (
        part.strip() for part in rest.partition(" in " if keyword in ("port", "input") else "=")
    )
    match keyword:
        case "graph":
            graph.logical = rest.endswith("(logic)")
            graph.name = rest.split()[0]
        case "activation":
            numbers = re.fullmatch(r"factor (\S+) leak (\S+)", said)
            value = (float(numbers[1]), float(numbers[2])) if numbers else said
            graph.activations[name] = value
        case "port":
            numbers = re.fullmatch(r"(-?\d+)\.\.(-?\d+) (\S+)", said)
            assert numbers
            graph.ports[name] = Field(name, int(numbers[1]), int(numbers[2]), numbers[3])
        case "input":
            graph.inputs.append(name)
        case "state":
            parts = re.fullmatch(r"(\S+) then (\w+)(?:\s+near \{(.*)\})?", said)
            assert parts
            levels = tuple(float(word) for word in parts[3].split(",")) if parts[3] else ()
            graph.states[name] = State(_number(parts[1]), parts[2], levels)
        case "neuron":
            parts = re.fullmatch(r"(\w+)\((.*)\)", said)
            assert parts
            graph.computed[name] = Neuron(parts[1], *_sum(parts[2]))
        case "product":
            left, _, right = said.partition("*")
            graph.computed[name] = Product(left.strip(), right.strip())
        case "logic":
            graph.computed[name] = said
        case "output":
            graph.outputs[name] = said


def _number(word: str) -> bool | int | float:
    if word in ("True", "False"):
        return word == "True"
    return int(word) if re.fullmatch(r"[+-]?\d+", word) else float(word)


def _sum(text: str) -> tuple[tuple[tuple[float, str], ...], float]:
    terms, bias = [], 0.0
    pattern = r"([+-]?)\s*(\d+(?:\.\d*)?(?:e[+-]?\d+)?)(?:\s*\*\s*([^\W\d]\w*))?"
    for sign, digits, name in re.findall(pattern, text):
        value = -float(digits) if sign == "-" else float(digits)
        if name:
            terms.append((value, name))
        else:
            bias = value
    return tuple(terms), bias
