"""A circuit: gates over bits, with inverters on their edges, and a flip-flop for each stored bit.

A *literal* is twice the number of a node, plus one for its complement, as in AIGER. Node 0 is
False; then come the bits of the inputs, those of the registers, and the gates, each of which reads
only what comes before it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from bonsai_compiler.ir.ports import Port

Bools = npt.NDArray[np.bool_]
Kind = Literal["and", "xor", "mux"]

FALSE, TRUE = 0, 1
"""The literals of the constants."""


@dataclass(frozen=True, slots=True)
class Gate:
    """`a & b`, `a ^ b`, or of three literals `b if a else c`."""

    kind: Kind
    operands: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Wires:
    """An input or an output as a user sees it, and the literals of its bits, bit 0 first.

    Of a `port`, bit k is the one with the k-th lowest number of its encoding, so that in binary
    the bits are those of the value, counted from the port's least; without one it is one bit.
    """

    name: str
    literals: tuple[int, ...]
    port: Port | None = None


@dataclass(frozen=True, slots=True)
class Register:
    """A state: the literals of its flip-flops, bit 0 first, their first values and next literals.

    A bool is one bit, and has no `levels`; one of so many, 0, 1, ..., is in binary.
    """

    name: str
    literals: tuple[int, ...]
    start: tuple[bool, ...]
    following: tuple[int, ...]
    levels: int = 0


@dataclass(frozen=True, slots=True)
class Circuit:
    """A synchronous circuit; all registers take their next values when a tick ends."""

    name: str
    inputs: tuple[Wires, ...]
    registers: tuple[Register, ...]
    gates: tuple[Gate, ...]
    outputs: tuple[Wires, ...]

    @property
    def input_literals(self) -> tuple[int, ...]:
        """The literals of all bits that come in, in order of their nodes."""
        return tuple(literal for wires in self.inputs for literal in wires.literals)

    @property
    def register_literals(self) -> tuple[int, ...]:
        """The literals of all flip-flops, in order of their nodes."""
        return tuple(literal for register in self.registers for literal in register.literals)

    @property
    def first_gate(self) -> int:
        """The number of the node that is the first gate."""
        return 1 + len(self.input_literals) + len(self.register_literals)

    @property
    def numbered(self) -> Iterator[tuple[int, Gate]]:
        """The gates with the numbers of their nodes."""
        return enumerate(self.gates, self.first_gate)

    @property
    def ends(self) -> Iterator[int]:
        """The literals that leave the gates: next bits of the registers, then the outputs."""
        for register in self.registers:
            yield from register.following
        for wires in self.outputs:
            yield from wires.literals


def evaluated(circuit: Circuit, inputs: Sequence[Any], stored: Sequence[Any]) -> list[Any]:
    """Return the value of every node, of the values of the inputs' and of the registers' bits.

    Values are whatever has `&`, `|` and `^`, and False and True beside it: bools, or arrays.
    """
    values: list[Any] = [False, *inputs, *stored]

    def of(literal: int) -> Any:
        return values[literal >> 1] ^ bool(literal & 1)

    for gate in circuit.gates:
        first, *rest = map(of, gate.operands)
        match gate.kind:
            case "and":
                values.append(first & rest[0])
            case "xor":
                values.append(first ^ rest[0])
            case "mux":
                values.append(first & rest[0] | (first ^ True) & rest[1])
    return values


def value_of(literal: int, values: Sequence[Any]) -> Any:
    """Return the value of a literal, of the values that `evaluated` gave."""
    return values[literal >> 1] ^ bool(literal & 1)


class Builder:
    """Makes gates: no gate twice, and none where a constant or an operand says the same."""

    def __init__(self, nodes: int) -> None:
        self.gates: list[Gate] = []
        self._nodes = nodes
        self._known: dict[Gate, int] = {}

    def both(self, left: int, right: int) -> int:
        """Return the literal of `left and right`."""
        low, high = sorted((left, right))
        if low == FALSE or low ^ high == 1:
            return FALSE
        if low in (TRUE, high):
            return high
        return self._made("and", low, high)

    def either(self, left: int, right: int) -> int:
        """Return the literal of `left or right`."""
        return self.both(left ^ 1, right ^ 1) ^ 1

    def differ(self, left: int, right: int) -> int:
        """Return the literal of `left != right`."""
        sign = (left ^ right) & 1
        low, high = sorted((left & ~1, right & ~1))
        if low == high:
            return sign
        return (high if low == FALSE else self._made("xor", low, high)) ^ sign

    def chosen(self, test: int, yes: int, no: int) -> int:
        """Return the literal of `yes if test else no`."""
        if test & 1:
            test, yes, no = test ^ 1, no, yes
        # Where the test is known, so is each branch that is the test itself.
        yes = TRUE if yes == test else FALSE if yes == test ^ 1 else yes
        no = FALSE if no == test else TRUE if no == test ^ 1 else no
        if test == FALSE:
            return no
        if yes == no:
            return yes
        if yes == no ^ 1:
            return self.differ(test, no)
        if yes == FALSE:
            return self.both(test ^ 1, no)
        if yes == TRUE:
            return self.either(test, no)
        if no == FALSE:
            return self.both(test, yes)
        if no == TRUE:
            return self.either(test ^ 1, yes)
        sign = yes & 1
        return self._made("mux", test, yes ^ sign, no ^ sign) ^ sign

    def _made(self, kind: Kind, *operands: int) -> int:
        gate = Gate(kind, operands)
        if gate not in self._known:
            self._known[gate] = 2 * (self._nodes + len(self.gates))
            self.gates.append(gate)
        return self._known[gate]


def live(circuit: Circuit) -> Circuit:
    """Return the circuit without the gates that nothing reads."""
    first = circuit.first_gate
    alive = {literal >> 1 for literal in circuit.ends}
    for number, gate in reversed(list(circuit.numbered)):
        if number in alive:
            alive.update(literal >> 1 for literal in gate.operands)
    kept = [number for number in sorted(alive) if number >= first]
    place = {number: first + index for index, number in enumerate(kept)}

    def moved(literals: Sequence[int]) -> tuple[int, ...]:
        return tuple(
            2 * place.get(literal >> 1, literal >> 1) + (literal & 1) for literal in literals
        )

    return Circuit(
        circuit.name,
        circuit.inputs,
        tuple(
            Register(each.name, each.literals, each.start, moved(each.following), each.levels)
            for each in circuit.registers
        ),
        tuple(
            Gate(gate.kind, moved(gate.operands))
            for number, gate in circuit.numbered
            if number in alive
        ),
        tuple(Wires(each.name, moved(each.literals), each.port) for each in circuit.outputs),
    )
