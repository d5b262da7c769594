"""Run a graph that was read, one tick at a time, in plain Python numbers."""

import math
import re
from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Any

from .curve import activated
from .fields import Letter, bits_of, values_of
from .reading import Graph, Neuron, Product, State

CLOSE = 1e-9
"""Nearer to an edge than this, rounding may decide; relative to the size of the numbers."""


CALLED = {"_min": min, "_max": max, "__builtins__": {}}


def called(text: str) -> str:
    """Return an expression in which no node's name can hide what it calls."""
    return re.sub(r"\b(min|max)\(", r"_\1(", text)


class UndecidedError(Exception):
    """A value stands so near to an edge that rounding decides on which side."""


class GraphRun:
    """A graph's ticks; states are tuples of numbers.

    With `strict`, raises UndecidedError where the last bits of a sum would decide.
    """

    def __init__(self, graph: Graph, *, strict: bool = False) -> None:
        self.graph, self.strict = graph, strict
        self.start = tuple(state.first for state in graph.states.values())
        self._code = {
            name: compile(called(text), name, "eval")
            for name, text in graph.computed.items()
            if isinstance(text, str)
        }

    def admits(self, state: Any, letter: Letter) -> bool:
        return True

    def step(self, state: Any, letter: Letter) -> tuple[Any, tuple[Any, ...]]:
        values = self.values(state, bits_of(self.graph.input_signals, letter))
        return self.following(values), self.answer(values)

    def told(self, state: Any, letter: Letter) -> tuple[Any, tuple[bool, ...]]:
        """Return the states of the next tick, and the bits of the outputs, whatever they mean."""
        values = self.values(state, bits_of(self.graph.input_signals, letter))
        return self.following(values), self.bits(values)

    def bits(self, values: Mapping[str, Any]) -> tuple[bool, ...]:
        """Return the bits of the outputs."""
        return tuple(self.is_high(values[source]) for source in self.graph.outputs.values())

    def answer(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """Return the outputs as a user sees them; None for bits that mean no value."""
        return values_of(self.graph.output_signals, self.bits(values))

    def values(self, state: tuple[Any, ...], bits: tuple[bool, ...]) -> dict[str, Any]:
        """Return the value of every input, state and computed node on a tick."""
        graph = self.graph
        values: dict[str, Any] = dict(zip(graph.states, state, strict=True))
        for name, bit in zip(graph.inputs, bits, strict=True):
            values[name] = bit if graph.logical else (1.0 if bit else -1.0)
        for name, node in graph.computed.items():
            values[name] = self.computed(name, node, values)
        return values

    def computed(self, name: str, node: Neuron | Product | str, values: Mapping[str, Any]) -> Any:
        """Return the value of one neuron, product or logic node."""
        if isinstance(node, Product):
            return values[node.left] * values[node.right]
        if not isinstance(node, Neuron):
            return eval(self._code[name], {**values, **CALLED})
        total = 0.0
        for weight, source in node.terms:
            total += weight * values[source]
        kind = self.graph.activations.get(node.activation, "linear")
        if kind == "step":
            self._decide(total + node.bias, 0)
        return activated(kind, total + node.bias)

    def is_high(self, value: Any) -> bool:
        """Return whether a value counts as true."""
        self._decide(value, 0)
        return value > 0

    def following(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """Return the states of the next tick."""
        return tuple(self.stored(node, values[node.source]) for node in self.graph.states.values())

    def stored(self, state: State, value: Any) -> Any:
        """Return what a state keeps of a value: the nearest level, of two equally near the lower.

        In logic a level is a whole number, and what has no levels is a bool.
        """
        if self.graph.logical:
            return int(min(state.levels, key=lambda n: abs(n - value))) if state.levels else value
        if not state.levels:
            return value + 0.0
        for low, high in pairwise(state.levels):
            self._decide(value, (low + high) / 2)
        if not math.isfinite(value):
            raise UndecidedError
        exact = Fraction(value)
        return min(state.levels, key=lambda level: (abs(Fraction(level) - exact), level)) + 0.0

    def _decide(self, value: Any, edge: float) -> None:
        if self.strict and not self.graph.logical:
            near = CLOSE * max(1.0, abs(edge))
            if not math.isfinite(value) or 0 < abs(value - edge) < near:
                raise UndecidedError
