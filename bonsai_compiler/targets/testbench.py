"""Emit a testbench in Verilog that walks a module through all of its transitions."""

from bonsai_compiler.circuits.circuit import Wires
from bonsai_compiler.circuits.lowering import bit_names, circuit_of
from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.targets.about import UNKNOWN, About, commented
from bonsai_compiler.targets.reached import reached, tours
from bonsai_compiler.targets.rendering import rendered
from bonsai_compiler.targets.wiring import Wiring


def emit_testbench(graph: Graph, about: About = UNKNOWN, *, registered: bool = False) -> str:
    """A self-checking testbench in Verilog that passes every transition; it prints PASS."""
    circuit = circuit_of(graph)
    wiring = Wiring(circuit)
    machine = reached(graph).machine
    given = [machine.inputs.index(name) for each in circuit.inputs for name in bit_names(each)]
    made = [machine.outputs.index(name) for each in circuit.outputs for name in bit_names(each)]
    words = []
    for word in tours(machine):
        ticks, state = [], 0
        for letter in word:
            bits = machine.letters[letter, given][::-1].astype(int).tolist()
            wanted = (machine.output[state, letter, made] > 0)[::-1].astype(int).tolist()
            ticks.append(("".join(map(str, bits)) or "0", "".join(map(str, wanted))))
            state = int(machine.successor[state, letter])
        words.append(ticks)
    connections = [
        *_connected(circuit.inputs, wiring.inputs, "given"),
        *_connected(circuit.outputs, wiring.outputs, "found"),
    ]
    return rendered(
        "testbench.v.j2",
        about=commented("//", about.lines(graph.name)),
        module=wiring.module,
        width_in=max(len(given), 1),
        width_out=len(made),
        connections=connections,
        registered=registered,
        moment="after" if registered else "before",
        words=words,
    )


def _connected(wired: tuple[Wires, ...], called: dict[str, str], vector: str) -> list[str]:
    """Return the connections of a module's ports to the bits of one vector."""
    lines, place = [], 0
    for each in wired:
        last = place + len(each.literals) - 1
        lines.append(f".{called[each.name]}({vector}[{last}:{place}])")
        place = last + 1
    return lines
