"""The `step` of a graph of neurons, in floats, exactly as the interpreter computes it."""

from bonsai_compiler.backends.program import ProgramNames, assigned, returned, unpacked
from bonsai_compiler.ir.activation import Activation, ameo_pieces, padded
from bonsai_compiler.ir.expression import Constant, Expression, Name, compared, substituted
from bonsai_compiler.ir.graph import Graph, Neuron
from bonsai_compiler.ir.integers import conditions, reading
from bonsai_compiler.ir.names import function_name
from bonsai_compiler.ir.ports import Port

_ACTIVATION = '''\
def {name}(x):
    """Piece by piece: up to where, about which centre, with which coefficients."""
    for end, centre, (value, *coefficients) in (
{pieces}
    ):
        if not x > float(end):
            for coefficient in coefficients:
                value = value * (x - centre) + coefficient
            return value'''

_NEAREST = '''\
def {name}(value, levels):
    """Return the level nearest to value, the lower of two equally near; of NaN the lowest."""
    place = sum(value > low / 2 + high / 2 for low, high in zip(levels, levels[1:]))
    return levels[place]'''


def neuron_body(graph: Graph, names: ProgramNames) -> tuple[list[str], list[str]]:
    """Return the lines of `step`, and the definitions of the functions that it calls."""
    called = {name: names.fresh(function_name(name)) for name, _ in graph.activations}
    definitions = [_defined(called[name], function) for name, function in graph.activations]
    lines = unpacked(graph, names)
    for field in graph.input_signals.fields:
        tests = {field: Name(names.of(field))} if isinstance(field, str) else _tests(field, names)
        lines += [f"{names.of(bit)} = 1.0 if {test} else -1.0" for bit, test in tests.items()]
    for node in graph.neurons:
        lines += assigned(names.of(node.name), _written(node, names, called))
    nearest = names.fresh("nearest")
    if any(state.levels for state in graph.states):
        definitions.append(_NEAREST.format(name=nearest))
    following = []
    for state in graph.states:
        source = names.of(state.next)
        levels = "".join(f"{float(level)!r}, " for level in state.levels)
        following.append(f"{nearest}({source}, ({levels.rstrip()}))" if levels else source)
    truths: dict[str, Expression] = {
        output.name: compared(Name(names.of(output.source)), ">", Constant(0))
        for output in graph.outputs
    }
    results = [
        substituted(reading(field, field.bits), truths)
        if isinstance(field, Port)
        else truths[field]
        for field in graph.output_signals.fields
    ]
    return lines + returned(graph, names, following, list(map(str, results))), definitions


def _tests(port: Port, names: ProgramNames) -> dict[str, Expression]:
    """Return when each bit of a port is set."""
    return dict(zip(port.bits, conditions(port, Name(names.seen(port.name))), strict=True))


def _written(node: Neuron, names: ProgramNames, called: dict[str, str]) -> str:
    # Floats throughout: on ints Python would be exact where the interpreter rounds.
    parts = [f"{float(term.weight)!r}*{names.of(term.source)}" for term in node.terms]
    total = " + ".join([*parts, repr(float(node.bias))]).replace(" + -", " - ")
    return total if node.activation == "linear" else f"{called[node.activation]}({total})"


def _defined(name: str, activation: Activation) -> str:
    if activation.kind == "tanh":
        return f"from math import tanh as {name}"
    if activation.kind == "linear":
        return f"def {name}(x):\n    return x"
    pieces = "\n".join(
        f"        ({_end(piece.end)}, {piece.centre!r}, {tuple(reversed(piece.coefficients))!r}),"
        for piece in padded(ameo_pieces(activation.factor, activation.leak))
    )
    return _ACTIVATION.format(name=name, pieces=pieces)


def _end(value: float) -> str:
    return '"inf"' if value == float("inf") else repr(value)
