"""A network neuron by neuron, as both file formats come to it, and the graph that is made of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bonsai_compiler.ir.activation import LINEAR, Activation
from bonsai_compiler.ir.graph import Graph, Input, Neuron, Node, Output, State, Term
from bonsai_compiler.ir.names import Fresh
from bonsai_compiler.ir.ports import Port
from bonsai_compiler.networks.network import Dense, Floats, Network

Wires = tuple[tuple[float, int], ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """A neuron: `activation(sum(weight * read[index]) + bias)` over its wires (weight, index)."""

    activation: Activation
    bias: float
    wires: Wires


@dataclass(frozen=True, slots=True)
class Memory:
    """A state: `init` on the first tick, then what its unit makes of the recurrent neurons.

    With `levels`, what it stores is the nearest of these.
    """

    init: float
    unit: Unit
    levels: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Layer:
    """A cell, or a dense layer, which has outputs only; None stands where a neuron was pruned.

    Wires of `outputs` and `recurrent` count the hidden neurons, all outputs of the layer before
    (pruned ones too), then this layer's states; those of `hidden` the same without hidden neurons;
    those of `memories` count the recurrent neurons.
    """

    outputs: tuple[Unit | None, ...]
    recurrent: tuple[Unit | None, ...] = ()
    memories: tuple[Memory | None, ...] = ()
    hidden: tuple[Unit | None, ...] = ()
    dense: bool = False


@dataclass(frozen=True, slots=True)
class Wiring:
    """Layers in order. `inputs` says which of the input lines carry anything.

    `outputs` read the last layer.
    """

    inputs: tuple[bool, ...]
    layers: tuple[Layer, ...]
    outputs: tuple[Unit | None, ...] = field(default=())

    @property
    def input_width(self) -> int:
        """How many inputs carry something."""
        return sum(self.inputs)


def copy_of(place: int) -> Unit:
    """Return a unit that passes one value on as it is."""
    return Unit(LINEAR, 0.0, ((1.0, place),))


def wired(network: Network) -> Wiring:
    """Return the wiring of a network of matrices; weights of exactly 0 are no wires."""
    layers = [
        Layer(
            tuple(_units(cell.output_kernel.T, cell.output_bias, cell.output_activation)),
            tuple(_units(cell.recurrent_kernel.T, cell.recurrent_bias, cell.recurrent_activation)),
            tuple(
                Memory(float(init), copy_of(place), cell.levels_of(place))
                for place, init in enumerate(cell.initial_state)
            ),
            () if cell.hidden is None else _dense_units(cell.hidden),
        )
        for cell in network.cells
    ] + [Layer(_dense_units(layer), dense=True) for layer in network.layers]
    outputs = tuple(map(copy_of, range(network.output_width)))
    return Wiring((True,) * network.input_width, tuple(layers), outputs)


def _dense_units(layer: Dense) -> tuple[Unit, ...]:
    return tuple(_units(layer.weights, layer.bias, layer.activation))


def _units(columns: Floats, bias: Floats, activation: Activation) -> Iterator[Unit]:
    for weights, offset in zip(columns.tolist(), bias.tolist(), strict=True):
        wires = ((weight, place) for place, weight in enumerate(weights) if weight != 0)
        yield Unit(activation, offset, tuple(wires))


Names = list[str | None]


def lift(
    network: Network | Wiring,
    name: str,
    inputs: Sequence[str],
    outputs: Sequence[str],
    ports: tuple[Port, ...] = (),
    taken: Sequence[str] = (),
) -> Graph:
    """Return the graph that computes what the network does, exactly-zero weights left out.

    States are s0, s1, ..., the neurons that feed them r0, r1, ..., hidden neurons h0, h1, ..., a
    cell's outputs o0, o1, ... and dense neurons d0, d1, ..., numbered through all cells, pruned
    ones included; a name that the task uses itself, or that is `taken`, gets an underscore.
    """
    wiring = wired(network) if isinstance(network, Network) else network
    given = iter(inputs)
    below: Names = [next(given) if carries else None for carries in wiring.inputs]
    lifting = _Lifting(wiring, (*inputs, *outputs, *(port.name for port in ports), *taken))
    for layer in wiring.layers:
        below = lifting.layer(layer, below)
    ends = [
        Output(label, lifting.result(unit, below, f"d_{label}"))
        for label, unit in zip(outputs, wiring.outputs, strict=True)
    ]
    nodes = [*map(Input, inputs), *lifting.states, *lifting.neurons, *ends]
    return Graph(name, tuple(nodes), lifting.activations, ports=ports)


class _Lifting:
    """The nodes so far; names of pruned neurons are counted, but never given."""

    def __init__(self, wiring: Wiring, taken: Sequence[str]) -> None:
        self.activations = _declared(wiring)
        self.named = {LINEAR: "linear", **{kind: label for label, kind in self.activations}}
        self.fresh = Fresh(taken)
        self.count = {"s": 0, "r": 0, "h": 0, "o": 0, "d": 0}
        self.states: list[Node] = []
        self.neurons: list[Node] = []

    def layer(self, layer: Layer, below: Names) -> Names:
        """Add a layer's nodes; return the names of its outputs."""
        states = self.names("s", layer.memories)
        hidden = self.names("h", layer.hidden)
        recurrent = self.names("r", layer.recurrent)
        results = self.names("d" if layer.dense else "o", layer.outputs)
        read = below + states
        for labels, units, reads in (
            (hidden, layer.hidden, read),
            (results, layer.outputs, hidden + read),
            (recurrent, layer.recurrent, hidden + read),
        ):
            for label, unit in zip(labels, units, strict=True):
                if label is not None and unit is not None:
                    self.neuron(label, unit, reads)
        for label, memory in zip(states, layer.memories, strict=True):
            if label is not None and memory is not None:
                following = self.result(memory.unit, recurrent, f"r_{label}")
                self.states.append(State(label, memory.init, following, memory.levels))
        return results

    def names(self, letter: str, items: Sequence[Unit | Memory | None]) -> Names:
        first = self.count[letter]
        self.count[letter] += len(items)
        return [
            None if item is None else self.fresh(f"{letter}{number}")
            for number, item in enumerate(items, first)
        ]

    def neuron(self, label: str, unit: Unit, read: Names) -> None:
        activation = self.named[unit.activation]
        self.neurons.append(Neuron(label, activation, unit.bias, _terms(unit.wires, read)))

    def result(self, unit: Unit | None, read: Names, label: str) -> str:
        """Return the node that a unit stands for: what it copies, or else a neuron of its own."""
        if unit is not None and len(unit.wires) == 1:
            source = read[unit.wires[0][1]]
            if source is not None and unit == copy_of(unit.wires[0][1]):
                return source
        name = self.fresh(label)
        self.neuron(name, unit or Unit(LINEAR, 0.0, ()), read)
        return name


def _terms(wires: Wires, read: Names) -> tuple[Term, ...]:
    """Return the wires as terms, those from one source summed, those from pruned ones left out."""
    weights: dict[str, float] = {}
    for weight, place in wires:
        source = read[place]
        if source is not None:
            weights[source] = weights.get(source, 0.0) + weight
    return tuple(Term(weight, source) for source, weight in weights.items() if weight != 0)


def _declared(wiring: Wiring) -> tuple[tuple[str, Activation], ...]:
    units = [
        unit
        for layer in wiring.layers
        for unit in (
            *layer.hidden,
            *layer.outputs,
            *layer.recurrent,
            *(memory.unit for memory in layer.memories if memory is not None),
        )
    ]
    used = [unit.activation for unit in (*units, *wiring.outputs) if unit is not None]
    labels: list[tuple[str, Activation]] = []
    for activation in dict.fromkeys(used):
        if activation != LINEAR:
            same = sum(other.kind == activation.kind for _, other in labels)
            labels.append((f"{activation.kind}{same + 1 if same else ''}", activation))
    return tuple(labels)
