"""Emit the circuit in BTOR2, the word-level format of hardware model checkers.

Every bit is a word of one bit, so that nothing rests on how words are put together. Source:
"BTOR2, BtorMC and Boolector 3.0" (Niemetz, Preiner, Wolf and Biere, 2018).
"""

from bonsai_compiler.circuits.circuit import Circuit
from bonsai_compiler.circuits.lowering import circuit_of
from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.targets.about import UNKNOWN, About, commented, encodings
from bonsai_compiler.targets.wiring import Wiring

_WORDS = {"and": "and", "xor": "xor", "mux": "ite"}


def emit_btor2(graph: Graph, about: About = UNKNOWN) -> str:
    """BTOR2 for hardware model checkers, of words of one bit."""
    circuit = circuit_of(graph)
    wiring = Wiring(circuit)
    said = [*about.lines(graph.name), *encodings(circuit, wiring.called)]
    return "\n".join([*commented(";", said), *_Lines(circuit, wiring).lines]) + "\n"


class _Lines:
    """The numbered lines of a circuit."""

    def __init__(self, circuit: Circuit, wiring: Wiring) -> None:
        self.lines: list[str] = []
        sort = self._add("sort bitvec 1")
        constants = [self._add(f"zero {sort}"), self._add(f"one {sort}")]
        self._known = {0: constants[0]}
        for literal, name in wiring.input_bits():
            self._known[literal >> 1] = self._add(f"input {sort} {name}")
        for literal, name, _, _ in wiring.stored_bits():
            self._known[literal >> 1] = self._add(f"state {sort} {name}")
        for literal, _, start, _ in wiring.stored_bits():
            self._add(f"init {sort} {self._known[literal >> 1]} {constants[start]}")
        for number, gate in circuit.numbered:
            operands = " ".join(map(self._of, gate.operands))
            self._known[number] = self._add(f"{_WORDS[gate.kind]} {sort} {operands}")
        for literal, _, _, following in wiring.stored_bits():
            self._add(f"next {sort} {self._known[literal >> 1]} {self._of(following)}")
        for literal, name in wiring.output_bits():
            self._add(f"output {self._of(literal)} {name}")

    def _add(self, text: str) -> int:
        self.lines.append(f"{len(self.lines) + 1} {text}")
        return len(self.lines)

    def _of(self, literal: int) -> str:
        """Return a literal; a minus stands for its complement."""
        return f"{'-' if literal & 1 else ''}{self._known[literal >> 1]}"
