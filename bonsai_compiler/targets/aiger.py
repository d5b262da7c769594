"""Emit the circuit in AIGER, the format of and-inverter graphs that model checkers read.

Source: "The AIGER And-Inverter Graph (AIG) Format" (Biere, 2007), and "AIGER 1.9 And Beyond"
(Biere, Heljanko and Wieringa, 2011) for the first values of latches.
"""

from collections.abc import Iterator

from bonsai_compiler.circuits.circuit import Circuit
from bonsai_compiler.circuits.inverters import InverterGraph, inverter_graph
from bonsai_compiler.circuits.lowering import circuit_of
from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.targets.about import UNKNOWN, About, commented, encodings
from bonsai_compiler.targets.wiring import Wiring


def emit_aiger(graph: Graph, about: About = UNKNOWN) -> bytes:
    """AIGER 1.9, binary (.aig): and-inverter graph with latches and a symbol table."""
    circuit, aig = _prepared(graph)
    text = _head("aig", aig, binary=True)
    gates = b"".join(
        _packed(2 * number - high) + _packed(high - low) for number, high, low in aig.gates
    )
    tail = "".join(f"{line}\n" for line in _tail(circuit, about, graph.name))
    return text.encode() + gates + tail.encode()


def emit_aiger_text(graph: Graph, about: About = UNKNOWN) -> str:
    """AIGER 1.9 in ASCII (.aag): and-inverter graph with latches and a symbol table."""
    circuit, aig = _prepared(graph)
    gates = [f"{2 * number} {high} {low}" for number, high, low in aig.gates]
    lines = [*_head("aag", aig, binary=False).splitlines(), *gates]
    return "\n".join([*lines, *_tail(circuit, about, graph.name)]) + "\n"


def _prepared(graph: Graph) -> tuple[Circuit, InverterGraph]:
    circuit = circuit_of(graph)
    return circuit, inverter_graph(circuit)


def _head(form: str, aig: InverterGraph, *, binary: bool) -> str:
    """Return the header and all lines before the gates; in binary the numbers go without saying."""
    count = aig.inputs + len(aig.latches) + len(aig.gates)
    lines = [f"{form} {count} {aig.inputs} {len(aig.latches)} {len(aig.outputs)} {len(aig.gates)}"]
    if not binary:
        lines += [str(2 * number) for number in range(1, aig.inputs + 1)]
    for number, (following, start) in enumerate(aig.latches, aig.inputs + 1):
        own = "" if binary else f"{2 * number} "
        lines.append(f"{own}{following}{' 1' if start else ''}")
    lines += map(str, aig.outputs)
    return "\n".join(lines) + "\n"


def _tail(circuit: Circuit, about: About, name: str) -> Iterator[str]:
    """Yield the symbol table and the comment."""
    wiring = Wiring(circuit)
    for letter, names in (
        ("i", [name for _, name in wiring.input_bits()]),
        ("l", [name for _, name, _, _ in wiring.stored_bits()]),
        ("o", [name for _, name in wiring.output_bits()]),
    ):
        yield from (f"{letter}{place} {name}" for place, name in enumerate(names))
    yield "c"
    yield from commented("", [*about.lines(name), *encodings(circuit, wiring.called)])


def _packed(number: int) -> bytes:
    """Return a number seven bits a byte, the lowest first; all bytes but the last are marked."""
    packed = bytearray()
    while number >= 128:
        packed.append(number & 127 | 128)
        number >>= 7
    packed.append(number)
    return bytes(packed)
