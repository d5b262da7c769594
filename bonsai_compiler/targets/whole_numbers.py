"""Networks of neurons in whole numbers: such as decide everything as the interpreter's doubles do.

A value is written as the whole multiple of 2**-fraction nearest to it, and weights and biases
likewise. That nothing is decided otherwise for that is not argued but tried: each node on every
combination of values that its sources come to, over all input sequences there are.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.graph import Graph, Input, Neuron, Node, Output, Product, State, reads
from bonsai_compiler.ir.interpreter import Floats, evaluate_nodes, nearest
from bonsai_compiler.ir.liveness import live_part
from bonsai_compiler.targets.reached import reached

Whole = npt.NDArray[np.int64]

MOST_PAIRS = 2**18
"""Of so many pairs of a state and an input at most, each node is tried on all."""

MOST_FRACTION = 40
"""Values are written in parts no finer than 2**-40."""

MOST_BITS = 30
"""Weights are written in parts that are finer by 2**-30 at most."""

GRID = 8
"""Numbers that are whole multiples of 2**-8 are not rounded: those of a quantized network."""

LIMIT = 2**62
"""No number on the way is as large as this."""

Target = tuple[str, str]
"""What is read off a node: its own NUMBER, whether an OUTPUT is set, or the NEXT of a state."""

NUMBER, OUTPUT, NEXT = "number", "output", "next"


@dataclass(frozen=True, slots=True)
class Stairs:
    """A function of a whole number: `values[k]` from above `ends[k - 1]` up to `ends[k]`."""

    ends: tuple[int, ...]
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class WholeSum:
    """`sum(weight * source) + bias`, in multiples of 2**-(fraction + bits)."""

    bits: int
    weights: tuple[tuple[int, str], ...]
    bias: int


@dataclass(frozen=True, slots=True)
class WholeNetwork:
    """A network in multiples of 2**-fraction, and its graph, without what no output rests on.

    An input is 2**fraction or less than 0 by as much, a state has its number from `initial` on, and
    a product is that of two numbers; a neuron has its sum. `stairs` lead from there to what is read
    off it. A node that others read has its NUMBER there, unless that is it already. `largest`
    bounds all that is computed on the way, whatever its sign.
    """

    graph: Graph
    fraction: int
    sums: Mapping[str, WholeSum]
    stairs: Mapping[Target, Stairs]
    initial: Mapping[str, int]
    largest: int


def whole_network(graph: Graph) -> WholeNetwork:
    """Return a graph of neurons in whole numbers, in parts no finer than are needed.

    Raises BonsaiError where it comes to too many states, or to a number that is not finite, or
    where no integers of 64 bits decide the same.
    """
    graph = live_part(graph)
    met = _met(graph)
    kept = [here.values for here in met if isinstance(here.node, Input | State)]
    first = next((k for k in range(GRID + 1) if all(_on_grid(row, k) for row in kept)), 0)
    for fraction in range(first, MOST_FRACTION + 1):
        if (found := _network(graph, met, fraction)) is not None:
            return found
    raise BonsaiError(
        f"{graph.name}: some of its numbers are too large, or too close together, for integers of "
        "64 bits; --to c writes it in doubles"
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Met:
    """A node, and what it comes to on each combination of values of its sources.

    `sources` (n, sources) holds these, `values` (n,) its own; `targets` what is read off it, (n,).
    """

    node: Node
    sources: Floats
    values: Floats
    targets: Mapping[Target, Floats]


def _met(graph: Graph) -> list[_Met]:
    """Return what each node but outputs comes to, over all inputs in all states reached."""
    found = reached(graph)
    letters = found.machine.letters
    if len(found.states) * len(letters) > MOST_PAIRS:
        raise BonsaiError(
            f"{graph.name}: has more than {MOST_PAIRS:,} pairs of a state and an input, too many "
            "to try each neuron on; --to c writes it in doubles"
        )
    states = np.repeat(found.states, len(letters), axis=0)
    columns = evaluate_nodes(graph, states, np.tile(letters, (len(found.states), 1)))
    labels: dict[str, Whole] = {}
    met = []
    for node in graph.nodes:
        if isinstance(node, Output):
            continue
        column = columns[node.name]
        endless = column[~np.isfinite(column)]
        if len(endless):
            raise BonsaiError(
                f"{graph.name}: {node.name} comes to {endless[0]}, which is no whole number; --to "
                "c writes it in doubles"
            )
        labels[node.name] = np.unique(column, return_inverse=True)[1].reshape(-1)
        sources = reads(node)
        rows = _distinct([labels[name] for name in sources or (node.name,)])
        read = np.array([columns[name][rows] for name in sources]).reshape(len(sources), len(rows))
        values = column[rows]
        met.append(_Met(node, read.T, values, dict(_targets(graph, node, values))))
    return met


def _distinct(columns: Sequence[Whole]) -> Whole:
    """Return rows in which all combinations of some labels (n,) stand, each once."""
    key = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        key = np.unique(key * (int(column.max()) + 1) + column, return_inverse=True)[1].reshape(-1)
    return np.asarray(np.unique(key, return_index=True)[1])


def _targets(graph: Graph, node: Node, values: Floats) -> Iterator[tuple[Target, Floats]]:
    """Yield what is read off a node, where it has some values (n,)."""
    computed = isinstance(node, Neuron | Product)
    if computed and any(node.name in reads(other) for other in graph.computed):
        yield (NUMBER, node.name), values
    for output in graph.outputs:
        if output.source == node.name:
            yield (OUTPUT, output.name), (values > 0).astype(np.float64)
    for state in graph.states:
        if state.next == node.name:
            yield (NEXT, state.name), nearest(values, state.levels)


def _network(graph: Graph, met: Sequence[_Met], fraction: int) -> WholeNetwork | None:
    """Return a network in multiples of 2**-fraction; None if these do not decide the same."""
    starts = _whole(np.array([state.init for state in graph.states]), fraction)
    if starts is None:
        return None
    sums: dict[str, WholeSum] = {}
    stairs: dict[Target, Stairs] = {}
    largest = 0
    for here in met:
        found = _found(here, fraction)
        if found is None:
            return None
        written, ends, bound = found
        if written is not None:
            sums[here.node.name] = written
        stairs |= ends
        largest = max(largest, bound)
    initial = dict(zip((state.name for state in graph.states), starts.tolist(), strict=True))
    return WholeNetwork(graph, fraction, sums, stairs, initial, largest)


def _found(here: _Met, fraction: int) -> tuple[WholeSum | None, dict[Target, Stairs], int] | None:
    """Return a neuron's sum, what is read off a node, and what bounds both; None if none does."""
    wanted: dict[Target, Whole] = {}
    for target, column in here.targets.items():
        whole = _whole(column, 0 if target[0] == OUTPUT else fraction)
        if whole is None:
            return None
        wanted[target] = whole
    for total, bound, written in _ways(here, fraction):
        stairs: dict[Target, Stairs] = {}
        for target, numbers in wanted.items():
            each = _stairs(total, numbers)
            if each is None:
                break
            bound = max(bound, *map(abs, each.values))
            if target[0] == OUTPUT or not np.array_equal(total, numbers):
                stairs[target] = each
        else:
            return written, stairs, bound
    return None


def _ways(here: _Met, fraction: int) -> Iterator[tuple[Whole, int, WholeSum | None]]:
    """Yield what a node may be computed as: (n,), its bound on the way, and its sum if it is one.

    Where there are several, the coarsest comes first.
    """
    read = _whole(here.sources, fraction)
    if read is None:
        return
    match here.node:
        case Neuron(terms=terms, bias=bias):
            weights = np.array([term.weight for term in terms])
            exact = next((k for k in range(GRID + 1) if _on_grid(weights, k)), None)
            if exact is not None and _on_grid(np.array([bias]), exact + fraction):
                choices = range(exact, exact + 1)
            else:
                choices = range(MOST_BITS + 1)
            for bits in choices:
                factors, last = _whole(weights, bits), _whole(np.array([bias]), bits + fraction)
                if factors is None or last is None:
                    return
                sizes = [*map(abs, factors.tolist())], np.abs(read).max(axis=0, initial=0).tolist()
                if sum(a * b for a, b in zip(*sizes, strict=True)) + abs(int(last[0])) >= LIMIT:
                    return
                parts = factors * read
                steps = np.cumsum(np.concatenate([parts, np.full((len(read), 1), last)], 1), 1)
                bound = max(int(np.abs(each).max(initial=0)) for each in (factors, parts, steps))
                pairs = zip(factors.tolist(), (term.source for term in terms), strict=True)
                kept = tuple((factor, source) for factor, source in pairs if factor)
                yield steps[:, -1], bound, WholeSum(bits, kept, int(last[0]))
        case Product():
            largest = np.abs(read).max(axis=0, initial=0).tolist()
            if largest[0] * largest[-1] < LIMIT:
                total = read.prod(axis=1)
                yield total, int(np.abs(total).max(initial=0)), None
        case _:
            own = _whole(here.values, fraction)
            if own is not None:
                yield own, int(np.abs(own).max(initial=0)), None


def _stairs(places: Whole, wanted: Whole) -> Stairs | None:
    """Return a function that leads from some places (n,) to what is wanted there, if one does.

    Of what lies between two places, the nearest to 0 divides them.
    """
    distinct, first, which = np.unique(places, return_index=True, return_inverse=True)
    values = wanted[first]
    if (values[which.reshape(-1)] != wanted).any():
        return None
    turns = np.flatnonzero(values[1:] != values[:-1])
    sides = zip(distinct[turns].tolist(), distinct[turns + 1].tolist(), strict=True)
    ends = tuple(min(max(0, low), high - 1) for low, high in sides)
    return Stairs(ends, (*values[turns].tolist(), int(values[-1])))


def _whole(values: Floats, bits: int) -> Whole | None:
    """Return the multiples of 2**-bits nearest to some values; None if one is too large."""
    with np.errstate(over="ignore"):
        scaled = values * 2.0**bits
    if (np.abs(scaled) >= LIMIT).any():
        return None
    return np.rint(scaled).astype(np.int64)


def _on_grid(values: Floats, bits: int) -> bool:
    """Return whether all values are whole multiples of 2**-bits."""
    with np.errstate(over="ignore", invalid="ignore"):
        scaled = values * 2.0**bits
        return bool((scaled == np.rint(scaled)).all())
