"""One tick of a network on many sets of states at once, every value bounded outward.

A set is a zonotope: centre + generators . e, each e between -1 and 1. What a tick gives holds for
the network in real numbers and for every way to run it in single or double precision: each sum in
any order, each activation by any library that is as good as rounding.py says.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import numpy.typing as npt

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.graph import Dialect, Graph, Input, Neuron, Output, Product, State, reads
from bonsai_compiler.ir.interpreter import Bools, initial_states, nearest
from bonsai_compiler.regions.curves import Curve, curve_of
from bonsai_compiler.regions.rounding import (
    DOUBLE,
    HUGE,
    LONGEST,
    SINGLE,
    TINY,
    Floats,
    outward,
    single,
)

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Zonotopes:
    """n sets of states: `centre` (states, n) and `generators` (symbols, states, n)."""

    centre: Floats
    generators: Floats

    @property
    def low(self) -> Floats:
        """The least value of each state, (states, n), or less."""
        return self.centre - self._reach

    @property
    def high(self) -> Floats:
        """The greatest value of each state, (states, n), or more."""
        return self.centre + self._reach

    def chosen(self, rows: Numbers | Bools) -> "Zonotopes":
        """Return some of the sets, in the order given."""
        return Zonotopes(self.centre[:, rows], self.generators[:, :, rows])

    @property
    def _reach(self) -> Floats:
        magnitudes = np.abs(self.centre) + np.abs(self.generators).sum(axis=0)
        reach: Floats = outward(np.abs(self.generators).sum(axis=0)) + 4 * DOUBLE * magnitudes
        return reach


def boxes(low: Floats, high: Floats) -> Zonotopes:
    """Return the boxes from `low` to `high`, both (states, n)."""
    centre = low / 2 + high / 2
    reach = np.maximum(high - centre, centre - low)
    radius = outward(reach) + DOUBLE * (np.abs(low) + np.abs(high))
    return Zonotopes(centre, _diagonal(radius))


@dataclass(frozen=True, slots=True, eq=False)
class Tick:
    """What a tick gives for n sets: the next ones, and bounds of each output, (outputs, n).

    `slack` (n,) is the largest rounding, of one sum, that the bounds allow the network for.
    `sound` (n,): no value may be so large that bounds mean nothing.
    """

    following: Zonotopes
    low: Floats
    high: Floats
    slack: Floats
    sound: Bools


@dataclass(frozen=True, slots=True, eq=False)
class _Neurons:
    """Neurons of one activation that do not read each other: rows of weights over all nodes.

    Those in the places `shared` bend, and are read twice or more within the tick. They get a symbol
    of their own, so that what they are off by can cancel out.
    """

    curve: Curve
    weights: Floats
    bias: Floats
    terms: int
    shared: Numbers


@dataclass(frozen=True, slots=True, eq=False)
class _Products:
    """Products that do not read each other: the rows of their factors; `shared` as of neurons."""

    left: Numbers
    right: Numbers
    shared: Numbers


class AbstractNetwork:
    """A graph of neurons and products, on zonotopes. Raises BonsaiError for any other graph."""

    def __init__(self, graph: Graph, alphabet: Bools) -> None:
        if graph.dialect is not Dialect.NEURONS:
            raise BonsaiError(f"{graph.name}: is of logic; regions are of a graph of neurons")
        self.states = graph.states
        self.start: Floats = initial_states(graph)[0]
        self._alphabet = np.where(alphabet, 1.0, -1.0)
        inputs = [node.name for node in graph.inputs]
        computed = [node.name for node in graph.nodes if isinstance(node, Neuron | Product)]
        names = inputs + [state.name for state in graph.states] + computed
        self._row = {name: row for row, name in enumerate(names)}
        if len(names) >= LONGEST:
            raise BonsaiError(f"{graph.name}: has {len(names)} nodes; {LONGEST} are the most")
        self._blocks = list(self._blocks_of(graph))
        self._outputs = np.array([self._row[node.source] for node in graph.outputs])
        self._next = np.array([self._row[state.next] for state in graph.states], dtype=np.int64)
        self._fresh = sum(len(block.shared) for block in self._blocks)

    def _blocks_of(self, graph: Graph) -> Iterator[_Neurons | _Products]:
        activations = graph.activation_of
        depth: dict[str, int] = {}
        kinds: dict[str, str] = {}
        nodes: list[Neuron | Product] = []
        for node in graph.nodes:
            match node:
                case Neuron(name, activation, _, terms):
                    sources, kinds[name] = [term.source for term in terms], activation
                case Product(name, left, right):
                    sources, kinds[name] = [left, right], ""
                case Input() | State() | Output():
                    continue
                case _:
                    raise BonsaiError(f"{graph.name}: '{node.name}' is no neuron")
            depth[name] = 1 + max((depth.get(source, 0) for source in sources), default=0)
            nodes.append(node)
        readers = Counter(source for node in nodes for source in reads(node))
        # What reads each other stands at different depths.
        nodes.sort(key=lambda node: (depth[node.name], kinds[node.name]))
        place = len(graph.inputs) + len(graph.states)
        for row, node in enumerate(nodes, place):
            self._row[node.name] = row
        for _, members in groupby(nodes, lambda node: (depth[node.name], kinds[node.name])):
            block = list(members)
            shared = [place for place, node in enumerate(block) if readers[node.name] > 1]
            neurons = [node for node in block if isinstance(node, Neuron)]
            if neurons:
                weights = np.zeros((len(neurons), self._row[neurons[0].name]))
                for line, node in zip(weights, neurons, strict=True):
                    for term in node.terms:
                        line[self._row[term.source]] += term.weight
                curve = curve_of(activations[neurons[0].activation])
                bias = np.array([[node.bias] for node in neurons])
                longest = max(len(node.terms) for node in neurons)
                own = np.array(shared if curve.bends else [], dtype=np.int64)
                yield _Neurons(curve, weights, bias, longest, own)
            else:
                pairs = [
                    (self._row[node.left], self._row[node.right])
                    for node in block
                    if isinstance(node, Product)
                ]
                left, right = np.array(pairs, dtype=np.int64).T
                yield _Products(left, right, np.array(shared, dtype=np.int64))

    def cells(self, symbols: int) -> int:
        """Return how many numbers a tick holds for each set of so many symbols."""
        return (1 + symbols + self._fresh) * len(self._row)

    def step(self, sets: Zonotopes, letters: Numbers) -> Tick:
        """Return what a letter each, (n,), makes of n sets."""
        with np.errstate(all="ignore"):
            return self._step(sets, letters)

    def _step(self, sets: Zonotopes, letters: Numbers) -> Tick:
        symbols, width, count = sets.generators.shape
        inputs = self._alphabet.shape[1]
        total = len(self._row)
        # First the centres, then the symbols that came in, then those of nodes that are shared.
        values = np.zeros((1 + symbols + self._fresh, total, count))
        values[0, :inputs] = self._alphabet[letters].T
        values[0, inputs : inputs + width] = sets.centre
        values[1 : 1 + symbols, inputs : inputs + width] = sets.generators
        radius = np.zeros((total, count))
        spread, magnitude = np.zeros((total, count)), np.zeros((total, count))
        slack = np.zeros(count)
        sound = np.ones(count, dtype=bool)
        used, row = 1 + symbols, inputs + width

        def measure(first: int, last: int) -> None:
            part = values[:used, first:last]
            spread[first:last] = outward(np.abs(part[1:]).sum(axis=0) + radius[first:last])
            magnitude[first:last] = outward(np.abs(part[0]) + spread[first:last])
            # No number is no less than a bound either.
            np.logical_and(sound, (magnitude[first:last] < HUGE).all(axis=0), out=sound)

        measure(0, row)
        for block in self._blocks:
            if isinstance(block, _Neurons):
                last = row + len(block.weights)
                size = np.abs(block.weights) @ magnitude[:row] + np.abs(block.bias)
                # Any order of the sum, in single precision; one rounding more of each weight. What
                # is fed 0 and 1 there has twice the weight, and its other half in the bias here.
                fed = size + 2 * np.abs(block.weights[:, :inputs]).sum(axis=1, keepdims=True)
                stray = outward(single(block.terms + 3) * fed + (block.terms + 3) * TINY)
                np.maximum(slack, stray.max(axis=0), out=slack)
                own = outward(2 * (row + 3) * DOUBLE * size)
                given = np.matmul(block.weights, values[:used, :row])
                given[0] += block.bias
                wide = outward(np.abs(block.weights) @ radius[:row] + stray + own)
                values[:used, row:last], radius[row:last] = given, wide
                if block.curve.bends:
                    measure(row, last)
                    low = given[0] - spread[row:last] - DOUBLE * magnitude[row:last]
                    high = given[0] + spread[row:last] + DOUBLE * magnitude[row:last]
                    band = block.curve.band(low, high)
                    values[:used, row:last] *= band.slope
                    values[0, row:last] += band.centre
                    size = np.abs(band.slope) * magnitude[row:last] + np.abs(band.centre)
                    error = np.abs(band.slope) * wide + band.radius + band.straying
                    radius[row:last] = outward(error + 4 * DOUBLE * size)
            else:
                last = row + len(block.left)
                left, right = values[:used, block.left], values[:used, block.right]
                values[:used, row:last] = left[0] * right + left * right[0]
                values[0, row:last] = left[0] * right[0]
                size = magnitude[block.left] * magnitude[block.right]
                error = (
                    spread[block.left] * spread[block.right]
                    + np.abs(left[0]) * radius[block.right]
                    + np.abs(right[0]) * radius[block.left]
                )
                stray = outward(2 * (SINGLE * size + TINY))
                np.maximum(slack, stray.max(axis=0), out=slack)
                radius[row:last] = outward(error + stray + 8 * DOUBLE * size)
            shared = row + block.shared
            values[used + np.arange(len(shared)), shared] = radius[shared]
            radius[shared] = 0.0
            used += len(shared)
            measure(row, last)
            row = last
        centre, generators = values[0, self._next], values[1 : 1 + symbols, self._next]
        folded = radius[self._next] + np.abs(values[1 + symbols :, self._next]).sum(axis=0)
        following = Zonotopes(centre, np.concatenate([generators, _diagonal(outward(folded))]))
        for place, state in enumerate(self.states):
            if state.levels:
                _hold(following, place, state.levels)
        read = self._outputs
        reach = spread[read] + DOUBLE * magnitude[read]
        return Tick(following, values[0, read] - reach, values[0, read] + reach, slack, sound)


def _diagonal(radius: Floats) -> Floats:
    """Return generators, one for each state, that reach as far as (states, n) says."""
    width, count = radius.shape
    generators = np.zeros((width, width, count))
    generators[np.arange(width), np.arange(width)] = radius
    return generators


def _hold(sets: Zonotopes, place: int, levels: tuple[float, ...]) -> None:
    """Put a state, in place, on the levels that are nearest to what it may be."""
    low, high = nearest(sets.low[place], levels), nearest(sets.high[place], levels)
    # In single precision a level itself is rounded.
    box = boxes((low - 2 * SINGLE * np.abs(low))[None], (high + 2 * SINGLE * np.abs(high))[None])
    sets.centre[place] = box.centre[0]
    sets.generators[:, place] = 0.0
    sets.generators[len(sets.generators) - len(sets.centre) + place, place] = box.generators[0, 0]
