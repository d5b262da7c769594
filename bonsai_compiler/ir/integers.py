"""Integers at the edge of a graph of logic, and the bits that stand for them, as expressions."""

from collections.abc import Mapping, Sequence

from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.ir.ports import Port
from bonsai_compiler.ir.rewriting import canonical


def condition(port: Port, number: int, integer: str) -> str:
    """Return when the bit with this number is set, about an expression for the port's value."""
    match port.encoding:
        case "one-hot":
            return canonical(f"{integer} == {port.low + number}")
        case "thermometer":
            return canonical(f"{integer} >= {port.low + number}")
        case "binary":
            return canonical(f"({shifted(integer, -port.low)}) % {2 << number} >= {1 << number}")


def conditions(port: Port, integer: str) -> tuple[str, ...]:
    """Return when each bit of a port is set, about an expression for the port's value."""
    return tuple(condition(port, number, integer) for number in port.numbers)


def reading(port: Port, bits: Sequence[str]) -> str:
    """Return the value of a port, over names of its bits; bits of no value read as one of them."""
    match port.encoding:
        case "one-hot":
            *tests, _ = bits
            cases = [f"{port.low + step} if {bit} else " for step, bit in enumerate(tests)]
            return canonical(f"{''.join(cases)}{port.high}")
        case "thermometer":
            total = " + ".join(bits) if len(bits) > 1 else f"(1 if {bits[0]} else 0)"
        case "binary":
            worth = [1 << number for number in port.numbers]
            parts = [f"({size} if {bit} else 0)" for size, bit in zip(worth, bits, strict=True)]
            total, top = " + ".join(parts), port.high - port.low
            total = total if top == sum(worth) else f"min({total}, {top})"
    return canonical(shifted(total, port.low))


def shifted(integer: str, by: int) -> str:
    """Return an integer expression plus a number."""
    return f"{integer} {'+' if by > 0 else '-'} {abs(by)}" if by else integer


def input_readings(graph: Graph) -> Mapping[str, Port]:
    """Return the ports of a graph's inputs by the expression that reads each from its bits."""
    return {reading(port, port.bits): port for port in graph.given.ports}
