"""The words of ports in an emitted program, which inside reckons with their numbers from 0."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from bonsai_compiler.backends.program import ProgramNames, assigned
from bonsai_compiler.ir.expression import (
    FALSE,
    OPPOSITES,
    TRUE,
    Constant,
    Expression,
    Name,
    Operation,
    Precedence,
    Table,
    arguments,
    choice,
    compared,
    operation,
)
from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.ir.interpreter import evaluate
from bonsai_compiler.ir.ports import Port

SPACE = "\ue000"
"""Stands for a space in a literal while lines are broken at spaces; no word of a port has it."""


def literal(label: str) -> str:
    """Return a word as Python writes it, with SPACE in place of spaces."""
    return json.dumps(label, ensure_ascii=False).replace(" ", SPACE)


def literals(labels: Sequence[str]) -> str:
    """Return words as a tuple of Python."""
    return f"({', '.join(map(literal, labels))}{',' * (len(labels) == 1)})"


@dataclass(frozen=True, slots=True, eq=False)
class _Text(Expression):
    """What is no expression of logic, as it is written."""

    written: str
    tightness: Precedence = Precedence.ATOM

    def __post_init__(self) -> None:
        self._measured(self.written, 1, 1, self.tightness)


class Words:
    """Says in words what a program asks of the inputs that are words, and what it puts out.

    What can be said in no words takes a word's number, in a variable that `lines` set.
    """

    def __init__(self, graph: Graph, names: ProgramNames) -> None:
        self._names = names
        self._inputs = {
            names.seen(port.name): port for port in graph.input_signals.ports if port.labels
        }
        self._numbers: dict[str, str] = {}

    def read(self, expression: Expression) -> Expression:
        """Return an expression over what a program calls things, about words as they come in."""
        if self._inputs.keys().isdisjoint(arguments(expression)):
            return expression
        read = arguments(expression)
        port = self._inputs[read[0]] if len(read) == 1 else None
        match expression:
            case Name(name):
                if name not in self._numbers:
                    self._numbers[name] = self._names.fresh(f"{name}_number")
                return Name(self._numbers[name])
            case Operation(sign) if port and sign in OPPOSITES:
                return _among(read[0], port, _values(expression, read[0], port))
            case Table() if port:
                return _looked_up(port, map(repr, _values(expression, read[0], port)), read[0])
            case Operation(operator, operands):
                return operation(operator, [self.read(part) for part in operands])
            case Table(entries, index):
                return Table(entries, self.read(index))
        raise AssertionError(f"{expression!r} is no expression")

    def lines(self) -> list[str]:
        """Return the lines that number the words of which `read` found no other way to speak."""
        return [
            line
            for name, number in self._numbers.items()
            for line in assigned(number, str(self._number(name)))
        ]

    def _number(self, name: str) -> Expression:
        port = self._inputs[name]
        return _looked_up(port, map(str, port.values), name)

    def spelt(self, port: Port, number: Expression) -> Expression:
        """Return what `read` does, of a port with words the word for the number."""
        if not port.labels:
            return self.read(number)
        match number:
            case Constant(value):
                return _Text(literal(port.labels[value]))
            case Operation("if", (test, yes, no)):
                return choice(self.read(test), self.spelt(port, yes), self.spelt(port, no))
            case Table(entries, index):
                words = [literal(port.labels[entry]) for entry in entries]
                asked = self._inputs.get(str(index))
                if asked:
                    return _looked_up(asked, words, str(index))
                return _Text(f"({', '.join(words)}{',' * (len(words) == 1)})[{self.read(index)}]")
        return _Text(f'outputs["{port.name}"][{self.read(number)}]')


def _values(expression: Expression, name: str, port: Port) -> list[int]:
    """Return the value of an expression about a port for each of its words."""
    numbers = np.arange(len(port.labels))
    found = np.broadcast_to(evaluate(expression, {name: numbers}), numbers.shape)
    return [value if isinstance(value, bool) else int(value) for value in found.tolist()]


def _among(name: str, port: Port, holds: Sequence[int]) -> Expression:
    """Return that a word is one of those for which something holds."""
    chosen = [label for label, value in zip(port.labels, holds, strict=True) if value]
    others = [label for label, value in zip(port.labels, holds, strict=True) if not value]
    if not chosen or not others:
        return TRUE if chosen else FALSE
    for sign, labels in (("==", chosen), ("!=", others)):
        if len(labels) == 1:
            return compared(Name(name), sign, _Text(literal(labels[0])))
    word, labels = ("in", chosen) if len(chosen) <= len(others) else ("not in", others)
    return _Text(f"{name} {word} {literals(labels)}", Precedence.COMPARISON)


def _looked_up(port: Port, entries: Iterable[str], name: str) -> Expression:
    """Return what stands beside a word in a dict with an entry for each of a port's."""
    pairs = zip(port.labels, entries, strict=True)
    listed = ", ".join(f"{literal(label)}: {entry}" for label, entry in pairs)
    return _Text(f"{{{listed}}}[{name}]")
