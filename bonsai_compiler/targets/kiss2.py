"""Emit the machine's table in KISS2, which state assignment and minimisers read."""

import numpy as np

from bonsai_compiler.circuits.circuit import Circuit
from bonsai_compiler.circuits.lowering import bit_names, circuit_of
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.targets.about import UNKNOWN, About, commented, encodings
from bonsai_compiler.targets.reached import reached
from bonsai_compiler.targets.wiring import Wiring

MOST_ROWS = 2**18


def emit_kiss2(graph: Graph, about: About = UNKNOWN) -> str:
    """KISS2: the table of the states that are reached, called s0, s1, ... in order of discovery."""
    return _written(graph, about, encoded=False)


def emit_encoded_kiss2(graph: Graph, about: About = UNKNOWN) -> str:
    """KISS2 whose states are called by their bits, those of the flip-flops of other targets."""
    return _written(graph, about, encoded=True)


def _written(graph: Graph, about: About, *, encoded: bool) -> str:
    circuit = circuit_of(graph)
    wiring = Wiring(circuit)
    found = reached(graph)
    machine = found.machine
    if machine.legal.size > MOST_ROWS:
        raise BonsaiError(f"{graph.name}: its table has more than {MOST_ROWS:,} rows")
    codes = _codes(circuit, found.states)
    names = codes if encoded and codes[0] else [f"s{place}" for place in range(machine.size)]
    given = _columns(circuit, machine.inputs, inputs=True)
    made = _columns(circuit, machine.outputs, inputs=False)
    letters = ["".join(map(str, row)) for row in machine.letters[:, given].astype(int).tolist()]
    outputs = (machine.output[:, :, made] > 0).astype(int).tolist()
    said = [
        *about.lines(graph.name),
        *encodings(circuit, wiring.called),
        f"inputs: {' '.join(name for _, name in wiring.input_bits())}",
        f"outputs: {' '.join(name for _, name in wiring.output_bits())}",
        f"states: {' '.join(name for _, name, _, _ in wiring.stored_bits())}" if encoded else "",
    ]
    rows = [
        f"{letter} {names[state]} {names[machine.successor[state, place]]} "
        f"{''.join(map(str, outputs[state][place]))}"
        for state in range(machine.size)
        for place, letter in enumerate(letters)
    ]
    return (
        "\n".join(
            [
                *commented("#", said),
                f".i {len(given)}",
                f".o {len(made)}",
                f".p {len(rows)}",
                f".s {machine.size}",
                f".r {names[0]}",
                *rows,
                ".e",
            ]
        )
        + "\n"
    )


def _columns(circuit: Circuit, names: tuple[str, ...], *, inputs: bool) -> list[int]:
    """Return the places of a circuit's bits among a machine's."""
    wired = circuit.inputs if inputs else circuit.outputs
    return [names.index(name) for wires in wired for name in bit_names(wires)]


def _codes(
    circuit: Circuit, states: "np.ndarray[tuple[int, int], np.dtype[np.float64]]"
) -> list[str]:
    """Return the bits of each state, in the order of the flip-flops."""
    values = states.astype(np.int64)
    columns = [
        values[:, place] >> bit & 1
        for place, register in enumerate(circuit.registers)
        for bit in range(len(register.literals))
    ]
    return ["".join(str(int(column[row])) for column in columns) for row in range(len(states))]
