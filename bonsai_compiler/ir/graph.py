"""The intermediate representation: a synchronous circuit of neurons and states.

Within a tick, nodes are computed in order; a state carries one value to the next tick. Edges are
names, because state feedback makes cycles and frozen objects cannot point in a circle. A neuron
reads only what stands above it; a state's `next` may look anywhere. So what is to read a state's
*new* value reads the node that is the state's `next`, from below it.

There are two dialects. In a graph of *neurons*, and of products of two nodes (the gates of a GRU
or an LSTM), values are real numbers, bits are -1 and 1. In a
graph of *logic* values are bools, or small integers for nodes with more than two levels. In both,
a value is true when it is greater than 0.

Real numbers are doubles, by the rules of IEEE 754: what overflows is infinite, what has no value
is NaN, and NaN is greater than nothing. -0.0 is 0.0. Integers stay within what doubles hold.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum

from bonsai_compiler.ir.activation import LINEAR, Activation
from bonsai_compiler.ir.expression import Expression, arguments
from bonsai_compiler.ir.kinds import Kind, kind_of_value
from bonsai_compiler.ir.ports import Port
from bonsai_compiler.ir.signals import Signals, signals_of


@dataclass(frozen=True, slots=True)
class Input:
    """A bit from outside: -1 or 1 among neurons, False or True in logic."""

    name: str


@dataclass(frozen=True, slots=True)
class State:
    """`init` on the first tick, afterwards the value that `next` had on the tick before.

    With `levels` (ascending), the value stored at a tick's end is the nearest level; half-way
    between two it is the lower one, and of NaN the lowest of all. Among neurons `init` is stored as
    it stands; in logic it is one of the levels, or a bool where there are none.
    """

    name: str
    init: float
    next: str
    levels: tuple[float, ...] = ()

    @property
    def kind(self) -> Kind:
        """What it starts with: in logic a bit, or a level where there are some."""
        return kind_of_value(self.init)


@dataclass(frozen=True, slots=True)
class Term:
    """One weighted edge into a neuron."""

    weight: float
    source: str


@dataclass(frozen=True, slots=True)
class Neuron:
    """`activation(sum(weight * source) + bias)`, summed in the order of the terms, bias last."""

    name: str
    activation: str
    bias: float
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Product:
    """`left * right`: what one node lets through of another."""

    name: str
    left: str
    right: str


@dataclass(frozen=True, slots=True)
class Logic:
    """A function of bools and small integers.

    A table in it has an entry for every place that is looked at, whatever its other nodes are.
    """

    name: str
    expression: Expression


@dataclass(frozen=True, slots=True)
class Output:
    """A result of the tick: true when `source` is greater than 0."""

    name: str
    source: str


Node = Input | State | Neuron | Product | Logic | Output


class Dialect(Enum):
    """What the nodes of a graph compute with."""

    NEURONS = "neurons"
    LOGIC = "logic"


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes in order of evaluation, and what each activation's name means here.

    Inputs and outputs are bits; `ports` says of which a user sees an integer instead.
    """

    name: str
    nodes: tuple[Node, ...]
    activations: tuple[tuple[str, Activation], ...] = ()
    dialect: Dialect = Dialect.NEURONS
    ports: tuple[Port, ...] = ()

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The inputs, in order."""
        return tuple(node for node in self.nodes if isinstance(node, Input))

    @property
    def states(self) -> tuple[State, ...]:
        """The states, in order."""
        return tuple(node for node in self.nodes if isinstance(node, State))

    @property
    def neurons(self) -> tuple[Neuron, ...]:
        """The neurons, in order of evaluation."""
        return tuple(node for node in self.nodes if isinstance(node, Neuron))

    @property
    def computed(self) -> tuple[Neuron | Product | Logic, ...]:
        """The nodes that compute something, in order of evaluation."""
        return tuple(node for node in self.nodes if isinstance(node, Neuron | Product | Logic))

    @property
    def logic(self) -> tuple[Logic, ...]:
        """The logic nodes, in order of evaluation."""
        return tuple(node for node in self.nodes if isinstance(node, Logic))

    @property
    def outputs(self) -> tuple[Output, ...]:
        """The outputs, in order."""
        return tuple(node for node in self.nodes if isinstance(node, Output))

    @property
    def input_signals(self) -> Signals:
        """The inputs as a user sees them."""
        return signals_of(tuple(node.name for node in self.inputs), self.ports)

    @property
    def output_signals(self) -> Signals:
        """The outputs as a user sees them."""
        return signals_of(tuple(node.name for node in self.outputs), self.ports)

    @property
    def activation_of(self) -> dict[str, Activation]:
        """What each activation's name means; `linear` means itself everywhere."""
        return {"linear": LINEAR, **dict(self.activations)}

    def with_nodes(self, nodes: Iterator[Node] | list[Node] | tuple[Node, ...]) -> "Graph":
        """Return the same graph with other nodes."""
        return replace(self, nodes=tuple(nodes))


@dataclass(frozen=True, slots=True)
class Size:
    """How large a graph is, counted over neurons and their weighted inputs; biases count nothing.

    A product counts as a neuron of two inputs. In a logic graph, `neurons` counts its logic nodes
    and `weights` their arguments.
    """

    neurons: int
    weights: int
    states: int

    @property
    def rank(self) -> tuple[int, int, int]:
        """What tells the smaller of two graphs: fewer weights, then neurons, then states."""
        return self.weights, self.neurons, self.states

    def __str__(self) -> str:
        return f"{self.neurons} / {self.weights} / {self.states}"


def size(graph: Graph) -> Size:
    """Return the number of neurons, weights and states of a graph."""
    computed = graph.computed
    return Size(len(computed), sum(len(reads(node)) for node in computed), len(graph.states))


def reads(node: Node) -> tuple[str, ...]:
    """Return the names that a node reads within its own tick (a state reads none)."""
    match node:
        case Neuron(terms=terms):
            return tuple(term.source for term in terms)
        case Product(_, left, right):
            return left, right
        case Logic(expression=expression):
            return arguments(expression)
        case Output(source=source):
            return (source,)
        case Input() | State():
            return ()
