"""Emit a synthesizable module in Verilog-2001."""

from typing import Literal

from bonsai_compiler.circuits.circuit import Circuit, Wires
from bonsai_compiler.circuits.lowering import circuit_of
from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.targets.about import UNKNOWN, About, commented, encodings
from bonsai_compiler.targets.formulas import VERILOG, Formulas
from bonsai_compiler.targets.rendering import rendered
from bonsai_compiler.targets.wiring import Wiring, bits

Reset = Literal["sync", "async"]


def emit_verilog(
    graph: Graph, about: About = UNKNOWN, *, reset: Reset = "sync", registered: bool = False
) -> str:
    """A module in Verilog-2001 with clk, rst and enable; integers are vectors.

    Outputs follow the inputs within a tick (Mealy), or are `registered`: one tick later, and 0
    after a reset.
    """
    circuit = circuit_of(graph)
    wiring = Wiring(circuit)
    known = {literal >> 1: name for literal, name in wiring.input_bits()}
    known |= {literal >> 1: name for literal, name, _, _ in wiring.stored_bits()}
    formulas = Formulas(circuit, known, VERILOG, wiring.fresh)
    starts = [(name, f"1'b{start:d}") for _, name, start, _ in wiring.stored_bits()]
    following = [(name, formulas.bare(end)) for _, name, _, end in wiring.stored_bits()]
    results = [(name, formulas.bare(end)) for end, name in wiring.output_bits()]
    if registered:
        starts += [(name, "1'b0") for name, _ in results]
        following += results
        results = []
    said = [*about.lines(graph.name), *encodings(circuit, wiring.called)]
    return rendered(
        "verilog.v.j2",
        about=commented("//", said),
        module=wiring.module,
        reset="asynchronous" if reset == "async" else "synchronous",
        asynchronous=reset == "async",
        ports=ports(circuit, wiring, registered=registered),
        declarations=[
            f"reg {spanned(wiring.registers[each.name], len(each.literals), each.levels > 2)}"
            f" = {_number(each.start)};"
            for each in circuit.registers
            if each.literals
        ],
        named=formulas.named,
        assigned=[f"assign {name} = {text};" for name, text in results],
        starts=starts,
        following=following,
    )


def ports(circuit: Circuit, wiring: Wiring, *, registered: bool) -> list[str]:
    """Return the declarations of a module's inputs and outputs."""
    kind = "reg" if registered else "wire"
    return [
        *(f"input wire {_spanned(wiring.inputs[each.name], each)}" for each in circuit.inputs),
        *(
            f"output {kind} {_spanned(wiring.outputs[each.name], each)}"
            + (f" = {_number((False,) * len(each.literals))}" if registered else "")
            for each in circuit.outputs
        ),
    ]


def _spanned(name: str, wires: Wires) -> str:
    return spanned(name, len(bits(name, wires)), wires.port is not None)


def spanned(name: str, count: int, vector: bool) -> str:
    """Return a name as it is declared, with the span of its bits if it is a vector."""
    return f"[{count - 1}:0] {name}" if vector else name


def _number(start: tuple[bool, ...]) -> str:
    """Return bits, the lowest first, as Verilog writes them."""
    return f"{len(start)}'b{''.join(str(int(bit)) for bit in reversed(start))}"
