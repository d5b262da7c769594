"""Read the graph format, in which the article's demos publish their pruned networks.

Lists may be shorter than their layer is wide: what is missing was pruned, as null says too.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.activation import LINEAR
from bonsai_compiler.networks.fields import Fields
from bonsai_compiler.networks.lift import Layer, Memory, Unit, Wires, Wiring

Item = TypeVar("Item")


def wiring_of(document: Any, place: str) -> Wiring:
    """Return the wiring that a parsed file describes.

    Raises BonsaiError, beginning with `place`, for lists longer than their layer is wide, an
    index that points past what can be read, numbers that are not finite, no outputs.
    """
    return _Reader(place).wiring(document)


class _Reader:
    """One file; widths are known before the neurons that count them are read."""

    def __init__(self, place: str) -> None:
        self.fields = Fields(place)

    def wiring(self, document: Any) -> Wiring:
        fields = self.fields
        inputs = fields.items(document.get("inputLayer"), "neurons", "inputLayer")
        width = len(inputs)
        layers = []
        for number, item in enumerate(fields.items(document, "cells")):
            layers.append(self.cell(item, f"cells[{number}]", width))
            width = len(layers[-1].outputs)
        for number, item in enumerate(fields.items(document, "postLayers")):
            where = f"postLayers[{number}]"
            least = len(fields.items(item, "neurons", where))
            outputs = fields.count(item, "outputDim", where, least)
            units = self.units(item, "neurons", where, width, outputs)
            layers.append(Layer(units, dense=True))
            width = outputs
        results = fields.items(document.get("outputs"), "neurons", "outputs")
        if not results:
            raise BonsaiError(f"{fields.place}: outputs.neurons is empty; there is nothing to say")
        units = self.units(document["outputs"], "neurons", "outputs", width, len(results))
        return Wiring(tuple(item is not None for item in inputs), tuple(layers), units)

    def cell(self, item: Any, where: str, width: int) -> Layer:
        fields = self.fields
        memories = fields.items(item, "stateNeurons", where)
        recurrent = fields.items(item, "recurrentNeurons", where)
        listed = len(fields.items(item, "outputNeurons", where))
        outputs = fields.count(item, "outputDim", where, listed)
        states = max(len(memories), len(recurrent))
        read = width + states
        return Layer(
            self.units(item, "outputNeurons", where, read, outputs),
            self.units(item, "recurrentNeurons", where, read, states),
            self.listed(
                item,
                "stateNeurons",
                where,
                states,
                lambda neuron, place: self.memory(neuron, place, states),
            ),
        )

    def units(
        self, item: Any, name: str, where: str, read: int, width: int
    ) -> tuple[Unit | None, ...]:
        return self.listed(
            item, name, where, width, lambda neuron, place: self.unit(neuron, place, read)
        )

    def listed(
        self,
        item: Any,
        name: str,
        where: str,
        width: int,
        make: Callable[[Any, str], Item],
    ) -> tuple[Item | None, ...]:
        found = self.fields.items(item, name, where)
        made = [
            None if neuron is None else make(neuron, f"{where}.{name}[{place}]")
            for place, neuron in enumerate(found)
        ]
        return (*made, *(None,) * (width - len(made)))

    def unit(self, neuron: Any, where: str, read: int) -> Unit:
        bias = self.fields.number(neuron, "bias", where)
        activation = self.fields.activation(neuron, "activation", where)
        return Unit(activation, bias, self.wires(neuron, where, read))

    def memory(self, neuron: Any, where: str, states: int) -> Memory:
        """A state's bias is its initial value, and nothing is added to it later."""
        init = self.fields.number(neuron, "bias", where)
        wires = self.wires(neuron, where, states)
        activation = self.fields.activation(neuron, "activation", where) if wires else LINEAR
        return Memory(init, Unit(activation, 0.0, wires))

    def wires(self, neuron: Any, where: str, read: int) -> Wires:
        wires = []
        for number, wire in enumerate(self.fields.items(neuron, "weights", where)):
            field = f"{where}.weights[{number}]"
            index = self.fields.count(wire, "index", field)
            if index >= read:
                fault = f"is {index}, but there are only {read} values to read"
                raise self.fields.fail(f"{field}.index", fault)
            wires.append((self.fields.number(wire, "weight", field), index))
        return tuple(wires)
