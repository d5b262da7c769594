"""A network neuron by neuron: what both file formats come to before a graph is made of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from bonsai_compiler.ir.activation import LINEAR, Activation
from bonsai_compiler.networks.network import Floats, Network

Wires = tuple[tuple[float, int], ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """A neuron: `activation(sum(weight * read[index]) + bias)` over its wires (weight, index)."""

    activation: Activation
    bias: float
    wires: Wires


@dataclass(frozen=True, slots=True)
class Memory:
    """A state: `init` on the first tick, then what its unit makes of the recurrent neurons."""

    init: float
    unit: Unit


@dataclass(frozen=True, slots=True)
class Layer:
    """A cell, or a dense layer, which has outputs only; None stands where a neuron was pruned.

    Wires of `outputs` and `recurrent` count all outputs of the layer before (pruned ones too),
    then this layer's states; those of `memories` count the recurrent neurons.
    """

    outputs: tuple[Unit | None, ...]
    recurrent: tuple[Unit | None, ...] = ()
    memories: tuple[Memory | None, ...] = ()
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
                Memory(float(init), copy_of(place)) for place, init in enumerate(cell.initial_state)
            ),
        )
        for cell in network.cells
    ] + [
        Layer(tuple(_units(layer.weights, layer.bias, layer.activation)), dense=True)
        for layer in network.layers
    ]
    outputs = tuple(map(copy_of, range(network.output_width)))
    return Wiring((True,) * network.input_width, tuple(layers), outputs)


def _units(columns: Floats, bias: Floats, activation: Activation) -> Iterator[Unit]:
    for weights, offset in zip(columns.tolist(), bias.tolist(), strict=True):
        wires = ((weight, place) for place, weight in enumerate(weights) if weight != 0)
        yield Unit(activation, offset, tuple(wires))
