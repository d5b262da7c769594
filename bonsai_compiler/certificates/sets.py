"""A tick of a network on a whole set of its states, in whole numbers.

A set is a centre and what symbols, each between -1 and 1, add to it, all in multiples of 2**-80;
what that leaves out is added outward. A network's run may stray: a sum of n terms by n + 3
roundings of 2**-24, each activation by 2**-20.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bonsai_compiler.certificates.checker import expect
from bonsai_compiler.certificates.enclosures import ONE, PLACES, Arc, arcs_of, band

SINGLE = 24
"""The unit roundoff of single precision is 2**-24."""

HUGE = ONE << 100
"""No value may be larger: then nothing overflows, in single precision neither."""


def nearest(number: str) -> int:
    """Return a number, decimal or hexadecimal, as the nearest multiple of 2**-80."""
    top, bottom = (float.fromhex if "x" in number else float)(number).as_integer_ratio()
    return (2 * top * ONE + bottom) // (2 * bottom)


@dataclass(frozen=True, eq=False)
class Form:
    """The values of a node: a centre, then what each symbol adds, and how far that may be off."""

    parts: list[int]
    radius: int

    @classmethod
    def between(cls, low: int, high: int, place: int) -> "Form":
        """Return all numbers between two, with the symbol of a place for them."""
        centre = low + high >> 1
        return cls([centre, *[0] * place, high - centre], 0)

    @cached_property
    def size(self) -> int:
        """The greatest magnitude."""
        return sum(map(abs, self.parts)) + self.radius

    @property
    def ends(self) -> tuple[int, int]:
        """The least value and the greatest."""
        centre = self.parts[0]
        reach = self.size - abs(centre)
        return centre - reach, centre + reach


def added(scaled: list[tuple[int, list[int]]]) -> list[int]:
    """Return the sum of multiples, each too small by less than a unit."""
    total = [0] * max(len(parts) for _, parts in scaled)
    for factor, parts in scaled:
        total[: len(parts)] = [t + factor * part for t, part in zip(total, parts, strict=False)]
    return [t >> PLACES for t in total]


class Network:
    """A graph of neurons, of its text. Of its states only those that are listed may matter."""

    def __init__(self, lines: list[str], states: list[str]) -> None:
        self.inputs: list[str] = []
        self.outputs: list[str] = []
        self.ends: list[str] = []
        self.ports: list[tuple[list[str], str, list[Any]]] = []
        self.states, self.slack = states, 0
        self.start: dict[str, int] = {}
        self.following: dict[str, str] = {}
        self.arcs: dict[str, list[Arc]] = {}
        self.nodes: dict[str, tuple[list[Arc], list[tuple[int, str]], int]] = {}
        for line in lines:
            kind, name, *told = line.split(maxsplit=3)
            expect(name not in {**self.start, **self.nodes}, f"{name} is there twice")
            match kind:
                case "graph":
                    continue
                case "port":
                    self.ports.append(_port(name, *told[1].rsplit(" ", 1)))
                case "activation":
                    self.arcs[name] = arcs_of(told[1])
                case "input":
                    self.inputs.append(name)
                case "state":
                    expect(" near " not in told[1], f"{name} is held to levels")
                    first, _, self.following[name] = told[1].split()
                    self.start[name] = nearest(first)
                case "neuron":
                    self.nodes[name] = self._neuron(told[1])
                case "product":
                    left, _, right = told[1].split()
                    self.nodes[name] = [], [(0, left), (0, right)], 0
                case "output":
                    self.outputs.append(told[1])
                    self.ends.append(name)
                case _:
                    raise ValueError(line)
        alive = [*self.outputs, *(self.following[state] for state in states)]
        for name in alive:
            _, terms, _ = self.nodes.get(name, ([], [], 0))
            alive += {source for _, source in terms} - {*alive}
        self.nodes = {name: node for name, node in self.nodes.items() if name in alive}
        read = [{source for _, source in terms} for _, terms, _ in self.nodes.values()]
        self.readers = Counter(source for sources in read for source in sources)

    def fields(self, bits: list[str]) -> Iterator[tuple[str, list[str], list[Any]]]:
        """Yield what inputs or outputs are: a name, its bits, and each value with its word."""
        while bits:
            bool_field = bits[:1], bits[0], [(False, [0]), (True, [1])]
            found = (port for port in self.ports if bits[: len(port[0])] == port[0])
            own, name, words = next(found, bool_field)
            yield name, own, words
            bits = bits[len(own) :]

    def _neuron(self, told: str) -> tuple[list[Arc], list[tuple[int, str]], int]:
        called, summed = told.removesuffix(")").split("(")
        words = ["+", *summed.split(" ")]
        terms, bias = [], 0
        for sign, word in zip(words[::2], words[1::2], strict=True):
            weight, _, source = word.partition("*")
            number = nearest(weight) * {"+": 1, "-": -1}[sign]
            if source:
                terms.append((number, source))
            else:
                bias += number
        return self.arcs.get(called) or arcs_of(called), terms, bias

    def tick(self, here: list[Form], letter: list[int]) -> tuple[list[Form], list[Form]]:
        """Return the outputs and the next states of a set; raises WrongError for huge values."""
        values = {
            name: Form([ONE if bit else -ONE], 0)
            for name, bit in zip(self.inputs, letter, strict=True)
        }
        values |= zip(self.states, here, strict=True)
        given = count = max([len(form.parts) for form in here], default=1)
        for name, (arcs, terms, bias) in self.nodes.items():
            sources = [values[source] for _, source in terms]
            form = self._summed(terms, sources, bias) if arcs else self._multiplied(*sources)
            expect(form.size < HUGE, f"{name} may be too large")
            if len(arcs) > 1:
                form = self._bent(arcs, form)
            if self.readers[name] > 1 and len(arcs) != 1:
                # A symbol of its own, so that what it is off by can cancel out.
                more = [0] * (count - len(form.parts))
                form, count = Form([*form.parts, *more, form.radius], 0), count + 1
            values[name] = form
        following = []
        for place, state in enumerate(self.states):
            form = values[self.following[state]]
            kept = form.parts[:given]
            own = form.radius + sum(map(abs, form.parts[given:]))
            following.append(Form([*kept, *[0] * (given + place - len(kept)), own], 0))
        return [values[name] for name in self.outputs], following

    def _summed(self, terms: list[tuple[int, str]], sources: list[Form], bias: int) -> Form:
        weighed = [(weight, form.parts) for (weight, _), form in zip(terms, sources, strict=True)]
        parts = added([(ONE, [bias]), *weighed])
        size, fed, radius = abs(bias), 0, 1
        for (weight, source), form in zip(terms, sources, strict=True):
            size += (abs(weight) * form.size >> PLACES) + 1
            # Where it is fed 0 and 1, weights are twice as large, and half of that in the bias.
            fed += 2 * abs(weight) if source in self.inputs else 0
            # A weight is right to half a unit, as the bias is.
            radius += (abs(weight) * form.radius + form.size >> PLACES) + 1
        roundings = len(terms) + 3
        stray = roundings * (size + fed) // ((1 << SINGLE) - roundings) + roundings + 1
        self.slack = max(self.slack, stray)
        return Form(parts, radius + stray + len(parts))

    def _multiplied(self, left: Form, right: Form) -> Form:
        (x, *_), (y, *_) = left.parts, right.parts
        parts = added([(x, right.parts), (y, left.parts), (-x, [y])])
        ends = left.ends[1] - x, right.ends[1] - y
        off = ends[0] * ends[1] + abs(x) * right.radius + abs(y) * left.radius
        stray = (left.size * right.size >> PLACES + SINGLE - 1) + 2
        self.slack = max(self.slack, stray)
        return Form(parts, (off >> PLACES) + 1 + stray + len(parts))

    @staticmethod
    def _bent(arcs: list[Arc], form: Form) -> Form:
        slope, least, most, stray = band(arcs, *form.ends)
        parts = added([(slope, form.parts), (ONE, [least + most >> 1])])
        off = (abs(slope) * form.radius >> PLACES) + 1
        return Form(parts, off + (most - least >> 1) + 1 + stray + len(parts))


def _port(name: str, told: str, encoding: str) -> tuple[list[str], str, list[Any]]:
    """Return the bits of a port, its name, and each of its values with the word that it is."""
    first, _, last = told.partition("..")
    values = list(range(int(first), int(last) + 1)) if last else json.loads(told)
    numbers = {
        "binary": range((len(values) - 1).bit_length())[::-1],
        "one-hot": range(len(values)),
        "thermometer": range(1, len(values)),
    }[encoding]
    meant: dict[str, Callable[[int, int], int]] = {
        "binary": lambda value, number: value >> number & 1,
        "one-hot": lambda value, number: int(value == number),
        "thermometer": lambda value, number: int(value >= number),
    }
    said = meant[encoding]
    words = [(value, [said(n, number) for number in numbers]) for n, value in enumerate(values)]
    return [f"{name}_{number}" for number in numbers], name, words
