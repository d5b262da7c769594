"""Emit the circuit in SMT-LIB 2: functions for the first values, the next ones and the outputs."""

from collections.abc import Iterator

from bonsai_compiler.circuits.circuit import Circuit, Gate
from bonsai_compiler.circuits.lowering import circuit_of
from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.targets.about import UNKNOWN, About, commented, encodings
from bonsai_compiler.targets.wiring import Wiring

_SIGNS = {"and": "and", "xor": "xor", "mux": "ite"}


def emit_smtlib(graph: Graph, about: About = UNKNOWN) -> str:
    """SMT-LIB 2: each bit's first and next value, and each output, as a function of Bools."""
    circuit = circuit_of(graph)
    wiring = Wiring(circuit)
    said = [*about.lines(graph.name), *encodings(circuit, wiring.called)]
    said.append(
        "program.start.* is what stands in the states first; program.next.* and program.out.*"
    )
    said.append("are functions of the states and inputs of a tick.")
    lines = [*commented(";", said), "(set-logic QF_UF)", *transition_functions(circuit, wiring)]
    return "\n".join(lines) + "\n"


def symbol(*parts: str) -> str:
    """Return a name of SMT-LIB, in bars since brackets may stand in it."""
    return f"|{'.'.join(parts)}|"


def parameters(names: list[str]) -> str:
    """Return names as the Bools that a function takes."""
    return f"({' '.join(f'({symbol(name)} Bool)' for name in names)})"


def stored_names(wiring: Wiring) -> list[str]:
    """Return the names of the flip-flops."""
    return [name for _, name, _, _ in wiring.stored_bits()]


def input_names(wiring: Wiring) -> list[str]:
    """Return the names of the bits that come in."""
    return [name for _, name in wiring.input_bits()]


def transition_functions(circuit: Circuit, wiring: Wiring) -> Iterator[str]:
    """Yield the definitions of `program.start.`, `.next.` and `.out.`, each with a bit's name."""
    known = {literal >> 1: symbol(name) for literal, name in wiring.input_bits()}
    known |= {literal >> 1: symbol(name) for literal, name, _, _ in wiring.stored_bits()}
    known |= {number: symbol("gate", str(number)) for number, _ in circuit.numbered}
    for _, name, start, _ in wiring.stored_bits():
        first = "true" if start else "false"
        yield f"(define-fun {symbol('program.start', name)} () Bool {first})"
    taken = parameters([*stored_names(wiring), *input_names(wiring)])
    ends = [(symbol("program.next", name), end) for _, name, _, end in wiring.stored_bits()]
    ends += [(symbol("program.out", name), end) for end, name in wiring.output_bits()]
    for name, end in ends:
        yield f"(define-fun {name} {taken} Bool"
        yield f"  {_nested(circuit, end, known)})"


def _nested(circuit: Circuit, end: int, known: dict[int, str]) -> str:
    """Return a literal as a term, with a `let` for each gate that it rests on."""
    gates = dict(circuit.numbered)
    needed = {end >> 1}
    for number in sorted(gates, reverse=True):
        if number in needed:
            needed.update(literal >> 1 for literal in gates[number].operands)
    lets = [
        f"(let (({known[number]} {_term(gates[number], known)}))"
        for number in sorted(needed & gates.keys())
    ]
    return " ".join([*lets, _literal(end, known)]) + ")" * len(lets)


def _term(gate: Gate, known: dict[int, str]) -> str:
    return f"({_SIGNS[gate.kind]} {' '.join(_literal(part, known) for part in gate.operands)})"


def _literal(literal: int, known: dict[int, str]) -> str:
    if literal >> 1 == 0:
        return "true" if literal & 1 else "false"
    name = known[literal >> 1]
    return f"(not {name})" if literal & 1 else name
