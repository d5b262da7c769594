"""Integers at the edge of a graph of logic, and the bits that stand for them, as expressions."""

from collections.abc import Mapping, Sequence
from functools import reduce

from bonsai_compiler.ir.expression import (
    Constant,
    Expression,
    Name,
    added,
    at_most,
    choice,
    compared,
    remainder,
    shifted,
)
from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.ir.ports import Port


def condition(port: Port, number: int, integer: Expression) -> Expression:
    """Return when the bit with this number is set, about an expression for the port's value."""
    match port.encoding:
        case "one-hot":
            return compared(integer, "==", Constant(port.low + number))
        case "thermometer":
            return compared(integer, ">=", Constant(port.low + number))
        case "binary":
            left = remainder(shifted(integer, -port.low), 2 << number)
            return compared(left, ">=", Constant(1 << number))


def conditions(port: Port, integer: Expression) -> tuple[Expression, ...]:
    """Return when each bit of a port is set, about an expression for the port's value."""
    return tuple(condition(port, number, integer) for number in port.numbers)


def reading(port: Port, bits: Sequence[str]) -> Expression:
    """Return the value of a port, over names of its bits; bits of no value read as one of them."""

    def worth(bit: str, size: int) -> Expression:
        return choice(Name(bit), Constant(size), Constant(0))

    total: Expression
    match port.encoding:
        case "one-hot":
            total = Constant(port.high)
            for step, bit in reversed(list(enumerate(bits[:-1]))):
                total = choice(Name(bit), Constant(port.low + step), total)
            return total
        case "thermometer":
            total = _sum([Name(bit) for bit in bits] if len(bits) > 1 else [worth(bits[0], 1)])
        case "binary":
            sizes = [1 << number for number in port.numbers]
            total, top = _sum(list(map(worth, bits, sizes))), port.high - port.low
            total = total if top == sum(sizes) else at_most(total, top)
    return shifted(total, port.low)


def _sum(parts: Sequence[Expression]) -> Expression:
    return reduce(added, parts)


def input_readings(graph: Graph) -> Mapping[Expression, Port]:
    """Return the ports of a graph's inputs by the expression that reads each from its bits."""
    return {reading(port, port.bits): port for port in graph.input_signals.ports}
