"""The edges of a network from elsewhere: how bits are fed to its inputs, and its outputs are read.

All of it is exact: what goes in is exactly 0 or 1, and scores are compared as they are.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import pairwise
from math import fsum

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.activation import Activation
from bonsai_compiler.ir.graph import Graph, Input, Neuron, Node, Output, Product, State, Term, reads
from bonsai_compiler.ir.names import Fresh
from bonsai_compiler.ir.ports import Port
from bonsai_compiler.ir.signals import Signals, signals_of
from bonsai_compiler.networks.conventions import InputValues, OutputReading

MOST_SCORES = 64
"""So many scores are compared, each with each: two thousand neurons do that."""


@dataclass(frozen=True, slots=True)
class Feed:
    """What an input of the network is: a weighted sum of nodes and an offset."""

    terms: tuple[tuple[float, str], ...]
    offset: float


@dataclass(slots=True)
class _Letters:
    """Feeds that are 1 for one letter and 0 for all others, and the nodes that they need."""

    fresh: Fresh
    nodes: list[Node] = field(default_factory=list)
    named: dict[Feed, str] = field(default_factory=dict)

    def feeds(self, signals: Signals) -> Iterator[Feed]:
        """Yield a feed for each letter, in the alphabet's order."""
        rows: list[tuple[Feed, ...]] = [()]
        for item in signals.fields:
            values = list(self.values(item))
            rows = [(*row, value) for row in rows for value in values]
        yield from map(self.product, rows)

    def values(self, item: Port | str) -> Iterator[Feed]:
        """Yield a feed for each value of a field."""
        if isinstance(item, str):
            yield from (_bit(item, 0), _bit(item, 1))
            return
        match item.encoding:
            case "one-hot":
                yield from (_bit(bit, 1) for bit in item.bits)
            case "thermometer":
                # Of the first n bits, which are set, only the last has none after it.
                steps = [Feed((), 1.0), *(_bit(bit, 1) for bit in item.bits), Feed((), 0.0)]
                for one, other in pairwise(steps):
                    minus = tuple((-weight, name) for weight, name in other.terms)
                    yield Feed(one.terms + minus, one.offset - other.offset)
            case "binary":
                for word in item.words.tolist():
                    bits = zip(item.bits, word, strict=True)
                    yield self.product(tuple(_bit(bit, value) for bit, value in bits))

    def product(self, feeds: tuple[Feed, ...]) -> Feed:
        """Return the feed that is 1 where all of these are."""
        if len(feeds) == 1:
            return feeds[0]
        name = reduce(self.both, map(self.node, feeds))
        return Feed(((1.0, name),), 0.0)

    def both(self, left: str, right: str) -> str:
        """Return the product of two nodes."""
        node = Product(self.fresh("letter"), left, right)
        self.nodes.append(node)
        return node.name

    def node(self, feed: Feed) -> str:
        """Return the node that is a feed, one for equal ones."""
        if len(feed.terms) == 1 and feed.terms[0][0] == 1 and feed.offset == 0:
            return feed.terms[0][1]
        if feed not in self.named:
            self.named[feed] = self.fresh("letter")
            self.nodes.append(feed_neuron(self.named[feed], feed))
        return self.named[feed]


def _bit(name: str, value: int) -> Feed:
    return Feed(((0.5 if value else -0.5, name),), 0.5)


def feed_neuron(name: str, feed: Feed) -> Neuron:
    """Return a feed as a neuron."""
    return Neuron(name, "linear", feed.offset, tuple(Term(*term) for term in feed.terms))


def input_count(values: InputValues, signals: Signals) -> int:
    """Return how many inputs a network has, to which signals are fed in these values."""
    return signals.size if values == "one-hot" else len(signals.bits)


def output_count(reading: OutputReading, signals: Signals) -> int:
    """Return how many outputs a network has, of which signals are read in this way."""
    return signals.size if reading == "argmax" else len(signals.bits)


def connected(
    graph: Graph,
    values: InputValues,
    reading: OutputReading,
    inputs: Sequence[str],
    outputs: Sequence[str],
    ports: tuple[Port, ...],
) -> Graph:
    """Return a graph over the bits of a user, given the graph over what the network itself takes.

    Its inputs and outputs must be as many as `input_count` and `output_count` say, and nothing in
    it be called as the user's are. Raises BonsaiError for too many scores to be compared.
    """
    named = (name for name, _ in graph.activations)
    fresh = Fresh((*(node.name for node in graph.nodes), *named, *inputs, *outputs))
    given, told = signals_of(tuple(inputs), ports), signals_of(tuple(outputs), ports)
    letters = _Letters(fresh)
    match values:
        case "one-hot":
            feeds = list(letters.feeds(given))
        case "0,1":
            feeds = [_bit(name, 1) for name in inputs]
        case "-1,1":
            feeds = [Feed(((1.0, name),), 0.0) for name in inputs]
    fed = dict(zip((node.name for node in graph.inputs), feeds, strict=True))
    body = [*letters.nodes, *_fed(graph, fed)]
    sources = [node.source for node in graph.outputs]
    activations = graph.activations
    if reading == "argmax":
        if len(sources) > MOST_SCORES:
            raise BonsaiError(f"{len(sources)} scores are too many; the most are {MOST_SCORES}")
        step = fresh("step")
        activations += ((step, Activation("step")),)
        chosen, sources = _greatest(sources, told, step, fresh)
        body += chosen
    states = [node for node in body if isinstance(node, State)]
    rest = [node for node in body if not isinstance(node, State)]
    ends = map(Output, outputs, sources)
    used = {node.activation for node in rest if isinstance(node, Neuron)}
    return Graph(
        graph.name,
        (*map(Input, inputs), *states, *rest, *ends),
        tuple((name, kind) for name, kind in activations if name in used),
        ports=ports,
    )


def _fed(graph: Graph, feeds: dict[str, Feed]) -> Iterator[Node]:
    """Yield the states and what is computed, with feeds in place of the network's own inputs."""
    bare = {name for node in graph.nodes if not isinstance(node, Neuron) for name in reads(node)}
    bare |= {state.next for state in graph.states}
    yield from (feed_neuron(name, feed) for name, feed in feeds.items() if name in bare)
    for node in graph.nodes:
        if isinstance(node, Neuron):
            yield _over_feeds(node, feeds)
        elif not isinstance(node, Input | Output):
            yield node


def _over_feeds(neuron: Neuron, feeds: dict[str, Feed]) -> Neuron:
    parts: dict[str, list[float]] = {}
    offsets = [neuron.bias]
    for term in neuron.terms:
        feed = feeds.get(term.source, Feed(((1.0, term.source),), 0.0))
        offsets.append(term.weight * feed.offset)
        for weight, name in feed.terms:
            parts.setdefault(name, []).append(term.weight * weight)
    weights = {name: fsum(weights) for name, weights in parts.items()}
    terms = tuple(Term(weight, name) for name, weight in weights.items() if weight != 0)
    return Neuron(neuron.name, neuron.activation, fsum(offsets), terms)


def _greatest(
    scores: list[str], told: Signals, step: str, fresh: Callable[[str], str]
) -> tuple[list[Node], list[str]]:
    """Return nodes that find the first of the greatest scores, and one for each bit of its letter.

    Two letters of one bit are told apart by the difference of their scores alone.
    """
    alphabet = told.alphabet
    if alphabet.tolist() == [[False], [True]]:
        difference = Neuron(
            fresh("more"), "linear", 0.0, (Term(1.0, scores[1]), Term(-1.0, scores[0]))
        )
        return [difference], [difference.name]
    nodes: list[Node] = []
    wins: list[list[Term]] = [[] for _ in scores]
    for later in range(len(scores)):
        for earlier in range(later):
            if scores[earlier] == scores[later]:
                continue
            name = fresh(f"above{later}_{earlier}")
            terms = Term(1.0, scores[later]), Term(-1.0, scores[earlier])
            nodes.append(Neuron(name, step, 0.0, terms))
            wins[later].append(Term(1.0, name))
            wins[earlier].append(Term(-1.0, name))
    best = [fresh(f"best{place}") for place in range(len(scores))]
    # A letter wins where it is above all before it, and none after it is above it.
    nodes += [
        Neuron(name, step, 0.5 - place, tuple(wins[place])) for place, name in enumerate(best)
    ]
    ends = [fresh(f"told_{bit}") for bit in told.bits]
    for name, column in zip(ends, alphabet.T, strict=True):
        chosen = (Term(1.0, letter) for letter, is_set in zip(best, column, strict=True) if is_set)
        nodes.append(Neuron(name, "linear", -0.5, tuple(chosen)))
    return nodes, ends
