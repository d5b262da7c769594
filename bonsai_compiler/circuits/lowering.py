"""From a graph of logic to a circuit: a bool is a bit, a level of a state is in binary."""

from collections.abc import Callable, Mapping
from functools import reduce

from bonsai_compiler.circuits import words
from bonsai_compiler.circuits.circuit import Builder, Circuit, Register, Wires, live
from bonsai_compiler.circuits.words import Word
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.expression import Constant, Expression, Name, Operation, Table
from bonsai_compiler.ir.graph import Dialect, Graph, State
from bonsai_compiler.ir.kinds import Kind
from bonsai_compiler.ir.ports import Port
from bonsai_compiler.ir.signals import Signals
from bonsai_compiler.ir.values import Domains, kind_of, values_taken
from bonsai_compiler.logic.domains import next_expression, output_expression, value_domains

Value = int | Word
"""The literal of a bool, or an integer."""


def circuit_of(graph: Graph) -> Circuit:
    """Return a graph of logic as a circuit; raises BonsaiError for one of neurons."""
    if graph.dialect is not Dialect.LOGIC:
        raise BonsaiError(
            f"{graph.name} is a graph of neurons, which is no circuit of bits; lower it to logic "
            f'first: bonsaic opt FILE --passes "clip, quantize, snap, lower" --task TASK '
            f"-o {graph.name}.logic.bonsai"
        )
    count = 1
    inputs: list[Wires] = []
    for field in graph.input_signals.fields:
        size = len(field.bits) if isinstance(field, Port) else 1
        inputs.append(_wires(field, tuple(2 * (count + place) for place in range(size))))
        count += size
    stored: dict[str, tuple[int, ...]] = {}
    for state in graph.states:
        size = _size(state)
        stored[state.name] = tuple(2 * (count + place) for place in range(size))
        count += size
    make = Builder(count)
    domains = value_domains(graph)
    values: dict[str, Value] = {}
    for wires in inputs:
        values |= zip(bit_names(wires), wires.literals, strict=True)
    for state in graph.states:
        bits = stored[state.name]
        values[state.name] = Word(bits, 0, len(state.levels) - 1) if state.levels else bits[0]
    for node in graph.logic:
        values[node.name] = _value(make, node.expression, values, domains)
    registers = []
    for state in graph.states:
        expression = next_expression(state, Name(state.next), domains)
        following = _value(make, expression, values, domains)
        places = range(_size(state))
        bits = (following,) if isinstance(following, int) else tuple(map(following.bit, places))
        start = tuple(bool(int(state.init) >> place & 1) for place in places)
        levels = len(state.levels)
        registers.append(Register(state.name, stored[state.name], start, bits, levels))
    ends: dict[str, int] = {}
    for output in graph.outputs:
        end = _value(make, output_expression(Name(output.source), domains), values, domains)
        assert isinstance(end, int)
        ends[output.name] = end
    outputs = tuple(_ended(graph.output_signals, ends))
    circuit = Circuit(graph.name, tuple(inputs), tuple(registers), tuple(make.gates), outputs)
    return live(circuit)


def _size(state: State) -> int:
    """Return the number of flip-flops of a state; one of a single level has none."""
    return (len(state.levels) - 1).bit_length() if state.levels else 1


def _wires(field: Port | str, literals: tuple[int, ...]) -> Wires:
    return Wires(field.name, literals, field) if isinstance(field, Port) else Wires(field, literals)


def bit_names(wires: Wires) -> list[str]:
    """Return the names of the bits of an input or output in the order of its literals."""
    port = wires.port
    return [wires.name] if port is None else [f"{port.name}_{n}" for n in sorted(port.numbers)]


def _ended(signals: Signals, ends: Mapping[str, int]) -> list[Wires]:
    found = []
    for field in signals.fields:
        shape = _wires(field, ())
        found.append(_wires(field, tuple(ends[name] for name in bit_names(shape))))
    return found


def _value(
    make: Builder, expression: Expression, values: Mapping[str, Value], domains: Domains
) -> Value:
    """Return an expression in gates; an integer no wider than the values that it takes ask for."""
    match expression:
        case Name(name):
            return values[name]
        case Constant(value) if expression.kind is Kind.BIT:
            return int(value)
        case Constant(value):
            return words.constant(value)
        case Table(entries, index):
            place = _value(make, index, values, domains)
            assert isinstance(place, Word)
            entry = words.looked_up(make, list(map(words.constant, map(int, entries))), place)
            return entry.bit(0) if kind_of(expression, domains) is Kind.BIT else entry
        case Operation():
            found = _operated(make, expression, values, domains)
            if isinstance(found, int):
                return found
            taken = values_taken(expression, domains)
            return words.narrowed(found, int(taken[0]), int(taken[-1]))
    raise AssertionError(f"{expression!r} is no expression")


def _operated(
    make: Builder, expression: Operation, values: Mapping[str, Value], domains: Domains
) -> Value:
    parts = [_value(make, part, values, domains) for part in expression.operands]
    literals = [part for part in parts if isinstance(part, int)]
    # A bool counts as 0 or 1 where integers are wanted.
    whole = [part if isinstance(part, Word) else Word((part,), 0, 1) for part in parts]
    if len(literals) == len(parts) and expression.operator in _OF_BITS:
        return _OF_BITS[expression.operator](make, *literals)
    if expression.operator == "if":
        return words.chosen(make, literals[0], *whole[1:])
    return _OF_WORDS[expression.operator](make, *whole)


def _all(make: Builder, *bits: int) -> int:
    return reduce(make.both, bits)


def _any(make: Builder, *bits: int) -> int:
    return reduce(make.either, bits)


_OF_BITS: dict[str, Callable[..., int]] = {
    "and": _all,
    "or": _any,
    "not": lambda make, bit: bit ^ 1,
    "==": lambda make, left, right: make.differ(left, right) ^ 1,
    "!=": lambda make, left, right: make.differ(left, right),
    "if": lambda make, test, yes, no: make.chosen(test, yes, no),
}
"""Gates of operands that are all bools."""

_OF_WORDS: dict[str, Callable[..., Value]] = {
    "==": words.equal,
    "!=": lambda make, left, right: words.equal(make, left, right) ^ 1,
    "<": words.less,
    ">=": lambda make, left, right: words.less(make, left, right) ^ 1,
    ">": lambda make, left, right: words.less(make, right, left),
    "<=": lambda make, left, right: words.less(make, right, left) ^ 1,
    "+": words.added,
    "-": words.taken_away,
    "%": lambda make, word, divisor: words.remainder(make, word, divisor.low),
    "min": lambda make, *all_: reduce(lambda a, b: words.least(make, a, b), all_),
    "max": lambda make, *all_: reduce(lambda a, b: words.greatest(make, a, b), all_),
}
"""Gates of integers."""
