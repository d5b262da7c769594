"""What the bits of a circuit are called in languages of hardware, the same in all of them."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from bonsai_compiler.circuits.circuit import Circuit, Wires
from bonsai_compiler.targets.names import VERILOG, Names


@dataclass
class Wiring:
    """The names of a circuit's inputs, outputs and registers, and of each of their bits.

    A port `a` of three bits is `a[2:0]`, its bits are `a[0]`, `a[1]`, `a[2]`; what has one bit,
    and is no port, is that bit. `fresh` hands out names that nothing has yet.
    """

    circuit: Circuit
    fresh: Names = field(default_factory=lambda: Names(VERILOG))
    module: str = field(init=False)
    inputs: dict[str, str] = field(init=False)
    outputs: dict[str, str] = field(init=False)
    registers: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        circuit = self.circuit
        self.inputs = {each.name: self.fresh(each.name) for each in circuit.inputs}
        self.outputs = {each.name: self.fresh(each.name) for each in circuit.outputs}
        self.registers = {each.name: self.fresh(each.name) for each in circuit.registers}
        self.module = self.fresh(circuit.name)

    @property
    def called(self) -> dict[str, str]:
        """What each input, output and register is called here."""
        return {**self.registers, **self.inputs, **self.outputs}

    def input_bits(self) -> Iterator[tuple[int, str]]:
        """Yield the literal and the name of each bit that comes in."""
        for each in self.circuit.inputs:
            yield from zip(each.literals, bits(self.inputs[each.name], each), strict=True)

    def output_bits(self) -> Iterator[tuple[int, str]]:
        """Yield the literal and the name of each bit of the outputs."""
        for each in self.circuit.outputs:
            yield from zip(each.literals, bits(self.outputs[each.name], each), strict=True)

    def stored_bits(self) -> Iterator[tuple[int, str, bool, int]]:
        """Yield of each flip-flop its literal, name, first value and next literal."""
        for each in self.circuit.registers:
            names = numbered(self.registers[each.name], len(each.literals), each.levels > 2)
            yield from zip(each.literals, names, each.start, each.following, strict=True)


def bits(name: str, wires: Wires) -> list[str]:
    """Return the names of the bits of an input or an output."""
    return numbered(name, len(wires.literals), wires.port is not None)


def numbered(name: str, count: int, vector: bool) -> list[str]:
    """Return the names of the bits of a vector, or the one of a bit."""
    return [f"{name}[{place}]" for place in range(count)] if vector else [name][:count]
