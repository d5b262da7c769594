"""A circuit as an and-inverter graph: every gate an `and` of two, complements on the edges."""

from dataclasses import dataclass

from bonsai_compiler.circuits.circuit import Builder, Circuit


@dataclass(frozen=True, slots=True)
class InverterGraph:
    """An and-inverter graph; literals and the order of nodes are those of AIGER.

    Each latch is (next literal, first value), each gate (node, larger literal, smaller literal).
    """

    inputs: int
    latches: tuple[tuple[int, bool], ...]
    gates: tuple[tuple[int, int, int], ...]
    outputs: tuple[int, ...]


def inverter_graph(circuit: Circuit) -> InverterGraph:
    """Return a circuit with `xor` and choices taken apart: three gates each, fewer where shared."""
    first = circuit.first_gate
    make = Builder(first)
    literals = list(range(0, 2 * first, 2))

    def moved(literal: int) -> int:
        return literals[literal >> 1] ^ literal & 1

    for gate in circuit.gates:
        a, b, *rest = map(moved, gate.operands)
        match gate.kind:
            case "and":
                literals.append(make.both(a, b))
            case "xor":
                literals.append(make.both(make.both(a, b) ^ 1, make.both(a ^ 1, b ^ 1) ^ 1))
            case "mux":
                literals.append(make.either(make.both(a, b), make.both(a ^ 1, rest[0])))
    starts = [start for register in circuit.registers for start in register.start]
    ends = [moved(end) for register in circuit.registers for end in register.following]
    return InverterGraph(
        len(circuit.input_literals),
        tuple(zip(ends, starts, strict=True)),
        tuple(
            (number, max(gate.operands), min(gate.operands))
            for number, gate in enumerate(make.gates, first)
        ),
        tuple(moved(end) for wires in circuit.outputs for end in wires.literals),
    )
