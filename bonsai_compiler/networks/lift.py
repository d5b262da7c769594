"""Lift a trained network to a graph; every node gets its name here, once and for all."""

from collections.abc import Sequence

from bonsai_compiler.ir.activation import LINEAR, Activation
from bonsai_compiler.ir.graph import Graph, Input, Neuron, Node, Output, State, Term
from bonsai_compiler.ir.names import Fresh
from bonsai_compiler.ir.ports import Port
from bonsai_compiler.networks.network import Network
from bonsai_compiler.networks.wiring import Layer, Memory, Unit, Wires, Wiring, copy_of, wired

Names = list[str | None]


def lift(
    network: Network | Wiring,
    name: str,
    inputs: Sequence[str],
    outputs: Sequence[str],
    ports: tuple[Port, ...] = (),
) -> Graph:
    """Return the graph that computes what the network does, exactly-zero weights left out.

    States are s0, s1, ..., the neurons that feed them r0, r1, ..., a cell's outputs o0, o1, ...
    and dense neurons d0, d1, ..., numbered through all cells, pruned ones included; a name that
    the task uses itself gets an underscore.
    """
    wiring = wired(network) if isinstance(network, Network) else network
    given = iter(inputs)
    below: Names = [next(given) if carries else None for carries in wiring.inputs]
    lifting = _Lifting(wiring, (*inputs, *outputs, *(port.name for port in ports)))
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
        self.count = {"s": 0, "r": 0, "o": 0, "d": 0}
        self.states: list[Node] = []
        self.neurons: list[Node] = []

    def layer(self, layer: Layer, below: Names) -> Names:
        """Add a layer's nodes; return the names of its outputs."""
        states = self.names("s", layer.memories)
        recurrent = self.names("r", layer.recurrent)
        results = self.names("d" if layer.dense else "o", layer.outputs)
        read = below + states
        for labels, units in ((results, layer.outputs), (recurrent, layer.recurrent)):
            for label, unit in zip(labels, units, strict=True):
                if label is not None and unit is not None:
                    self.neuron(label, unit, read)
        for label, memory in zip(states, layer.memories, strict=True):
            if label is not None and memory is not None:
                following = self.result(memory.unit, recurrent, f"r_{label}")
                self.states.append(State(label, memory.init, following))
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
