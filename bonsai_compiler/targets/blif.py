"""Emit the circuit in BLIF, Berkeley's format of logic, which SIS, ABC and Yosys read."""

from bonsai_compiler.circuits.circuit import TRUE, Circuit, Gate
from bonsai_compiler.circuits.lowering import circuit_of
from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.targets.about import UNKNOWN, About, commented, encodings
from bonsai_compiler.targets.wiring import Wiring

_ROWS = {"and": ("11",), "xor": ("10", "01"), "mux": ("11-", "0-1")}
"""When a gate is true, over its operands before their complements."""


def emit_blif(graph: Graph, about: About = UNKNOWN) -> str:
    """BLIF for SIS, ABC and Yosys: a .names for each gate, a .latch for each bit of a state."""
    circuit = circuit_of(graph)
    wiring = Wiring(circuit)
    known = {literal >> 1: name for literal, name in wiring.input_bits()}
    known |= {literal >> 1: name for literal, name, _, _ in wiring.stored_bits()}
    known |= {number: wiring.fresh(f"n{number}") for number, _ in circuit.numbered}
    lines = commented("#", [*about.lines(graph.name), *encodings(circuit, wiring.called)])
    lines += [
        f".model {wiring.module}",
        _listed(".inputs", [name for _, name in wiring.input_bits()]),
        _listed(".outputs", [name for _, name in wiring.output_bits()]),
    ]
    ends = []
    for _, name, start, following in wiring.stored_bits():
        source = wiring.fresh(f"next_{name.replace('[', '_').rstrip(']')}")
        lines.append(f".latch {source} {name} {start:d}")
        ends.append((following, source))
    lines += _gates(circuit, known)
    for literal, name in [*ends, *wiring.output_bits()]:
        lines += _copied(literal, name, known)
    return "\n".join([*lines, ".end"]) + "\n"


def _listed(word: str, names: list[str]) -> str:
    return " ".join([word, *names])


def _gates(circuit: Circuit, known: dict[int, str]) -> list[str]:
    return [line for number, gate in circuit.numbered for line in _gate(known[number], gate, known)]


def _gate(name: str, gate: Gate, known: dict[int, str]) -> list[str]:
    # Operands may be alike only up to their complement, and none is a constant.
    sources = [known[literal >> 1] for literal in gate.operands]
    rows = [
        "".join(
            digit if digit == "-" else str(int(digit) ^ literal & 1)
            for digit, literal in zip(row, gate.operands, strict=True)
        )
        for row in _ROWS[gate.kind]
    ]
    return [_listed(".names", [*sources, name]), *(f"{row} 1" for row in rows)]


def _copied(literal: int, name: str, known: dict[int, str]) -> list[str]:
    if literal >> 1 == 0:
        return [f".names {name}", *["1"] * (literal == TRUE)]
    return [f".names {known[literal >> 1]} {name}", f"{1 - (literal & 1)} 1"]
