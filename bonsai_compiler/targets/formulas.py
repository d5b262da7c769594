"""The gates of a circuit as formulas: what is read once stands where it is read."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bonsai_compiler.circuits.circuit import Circuit, Gate

LONGEST = 60
"""Characters; a longer formula gets a name."""


@dataclass(frozen=True, slots=True)
class Notation:
    """How a language writes the constants, and a choice of three operands in brackets or bare."""

    false: str
    true: str
    choice: Callable[[str, str, str], str]
    repeats: bool = False
    """Whether a choice repeats an operand, so that it gets a name rather than stand in another."""


VERILOG = Notation("1'b0", "1'b1", "({} ? {} : {})".format)

SLICED = Notation(
    "UINT64_C(0)", "~UINT64_C(0)", lambda a, b, c: f"({c} ^ ({a} & ({b} ^ {c})))", repeats=True
)
"""In C, of words whose bits are as many machines."""


class Formulas:
    """The text of every literal, with the formulas that got a name of their own, in order."""

    def __init__(
        self,
        circuit: Circuit,
        bits: Mapping[int, str],
        notation: Notation,
        name: Callable[[str], str],
    ) -> None:
        """Take the `bits` that have a name already, by node; `name` gives the others theirs."""
        self.named: list[tuple[str, str]] = []
        self._notation = notation
        self._gates = dict(circuit.numbered)
        self._known = dict(bits)
        self._uses = Counter(literal >> 1 for literal in circuit.ends)
        for gate in circuit.gates:
            self._uses.update(literal >> 1 for literal in gate.operands)
        for number, gate in circuit.numbered:
            shared = self._uses[number] > 1 or (notation.repeats and gate.kind == "mux")
            text = self._formula(2 * number)
            if shared or len(text) > LONGEST:
                self._known[number] = name(f"n{len(self.named)}")
                self.named.append((self._known[number], _bare(text)))

    def text(self, literal: int) -> str:
        """Return a literal as a formula, in brackets unless it is a name or a constant."""
        if literal >> 1 == 0:
            return self._notation.true if literal & 1 else self._notation.false
        if (known := self._known.get(literal >> 1)) is not None:
            return f"~{known}" if literal & 1 else known
        return self._formula(literal)

    def bare(self, literal: int) -> str:
        """Return a literal as a formula without brackets around it."""
        return _bare(self.text(literal))

    def _formula(self, literal: int) -> str:
        gate = self._gates[literal >> 1]
        match gate.kind:
            case "and":
                sign = literal & 1
                joint = " | " if sign else " & "
                return f"({joint.join(self.text(part) for part in self._joined(gate, sign))})"
            case "xor":
                left, right = map(self.text, gate.operands)
                return f"~({left} ^ {right})" if literal & 1 else f"({left} ^ {right})"
            case "mux":
                test, yes, no = gate.operands
                sign = literal & 1
                parts = [self.text(part) for part in (test, yes ^ sign, no ^ sign)]
                return self._notation.choice(*parts)

    def _joined(self, gate: Gate, sign: int) -> list[int]:
        """Return all that is joined by one `&`, or by one `|` where the gate is complemented."""
        parts = []
        for operand in gate.operands:
            inner = self._gates.get(operand >> 1)
            open_ = not operand & 1 and operand >> 1 not in self._known
            if inner and inner.kind == "and" and open_:
                parts += self._joined(inner, sign)
            else:
                parts.append(operand ^ sign)
        return parts


def _bare(text: str) -> str:
    """Return a formula without the brackets around all of it."""
    if not text.startswith("("):
        return text
    depth = 0
    for place, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if depth == 0:
            return text[1:-1] if place == len(text) - 1 else text
    return text
