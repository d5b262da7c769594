"""The bodies of an emitted program: its `legal`, and its `step` in logic or in floats.

In floats it computes exactly what the interpreter does.
"""

import textwrap

from bonsai_compiler.backends.program import WIDTH, ProgramNames, assigned, returned, unpacked
from bonsai_compiler.backends.words import Words
from bonsai_compiler.ir.activation import Activation, ameo_pieces, padded
from bonsai_compiler.ir.expression import (
    Constant,
    Expression,
    Name,
    arguments,
    compared,
    substituted,
)
from bonsai_compiler.ir.graph import Graph, Logic, Neuron, Product
from bonsai_compiler.ir.integers import conditions, input_readings, reading
from bonsai_compiler.ir.names import function_name
from bonsai_compiler.ir.ports import Port
from bonsai_compiler.logic.domains import next_expression, output_expression, value_domains
from bonsai_compiler.logic.guard import Guard, given, held


def legal_body(graph: Graph, names: ProgramNames, guard: Guard) -> list[str]:
    """Return the lines of `legal`."""
    read = arguments(guard.expression)
    called = {given(place): name for place, name in enumerate(names.letter)}
    states = {held(place): names.of(state.name) for place, state in enumerate(graph.states)}
    called |= states
    lines = [] if states.keys().isdisjoint(read) else unpacked(graph, names)
    for name in read:
        edges = guard.edges.get(name)
        if edges:
            value, called[name] = called[name], names.fresh(f"{called[name]}_level")
            lines += assigned(called[name], _level(names, value, edges))
    meaning = {name: Name(text) for name, text in called.items()}
    words = Words(graph, names)
    text = str(words.read(substituted(guard.expression, meaning)))
    return [*lines, *words.lines(), *_returned(text)]


def _level(names: ProgramNames, value: str, edges: tuple[float, ...]) -> str:
    if len(edges) == 1:
        return f"{value} > {edges[0]!r}"
    edge = names.fresh("edge")
    return f"sum({value} > {edge} for {edge} in {edges!r})"


def _returned(text: str) -> list[str]:
    line = f"return {text}"
    if len(line) + 4 <= WIDTH:
        return [line]
    wrapped = textwrap.wrap(text, WIDTH - 8, break_long_words=False, break_on_hyphens=False)
    return ["return (", *(f"    {part}" for part in wrapped), ")"]


def logic_body(
    graph: Graph, names: ProgramNames, *, faithful: bool = False
) -> tuple[list[str], list[str]]:
    """Return the lines of `step` for a graph of logic; it needs no definitions.

    Where it is to be `faithful`, each node has a line under its own name.
    """
    logic = {node.name: node.expression for node in graph.logic}
    sources = {output.name: output.source for output in graph.outputs}
    integers = _whole(graph, logic, sources)
    readings = input_readings(graph)
    # What is an output is called by the task's name for it, and what reads a port is the port.
    for output in reversed(() if faithful else graph.outputs):
        if output.source in logic:
            names.local[output.source] = names.of(output.name)
    for port, integer in integers.items():
        if integer in logic:
            names.local[integer] = names.seen(port.name)
    for name, expression in logic.items():
        if expression in readings:
            names.local[name] = names.seen(readings[expression].name)
    meaning: dict[str, Expression] = {name: Name(text) for name, text in names.local.items()}
    for port in graph.input_signals.ports:
        tests = conditions(port, Name(names.seen(port.name)))
        meaning.update(zip(port.bits, tests, strict=True))
    told = [bit for port in integers for bit in port.bits]
    read = {source for expression in logic.values() for source in arguments(expression)}
    needed = read | {source for name, source in sources.items() if name not in told}
    read |= {*sources.values()}
    following = [state.next for state in graph.states]
    inline = {
        name: expression
        for name, expression in logic.items()
        if name not in read and following.count(name) == 1 and not faithful
    }

    words = Words(graph, names)

    def program_text(expression: Expression) -> str:
        return str(words.read(substituted(expression, meaning)))

    spelt = _spelt(integers, logic, sources, following)
    lines = []
    for name, expression in logic.items():
        if name in spelt:
            word = words.spelt(spelt[name], substituted(expression, meaning))
            lines += assigned(names.of(name), str(word))
        elif name not in inline and expression not in readings and name in (needed | {*following}):
            lines += assigned(names.of(name), program_text(expression))
    domains = value_domains(graph)

    def result(field: Port | str) -> str:
        if not isinstance(field, Port):
            return program_text(output_expression(Name(sources[field]), domains))
        if field in integers:
            name = integers[field]
            value = Name(names.of(name))
            return str(value if name in spelt else words.spelt(field, value))
        bits = {bit: output_expression(Name(sources[bit]), domains) for bit in field.bits}
        number = substituted(substituted(reading(field, field.bits), bits), meaning)
        whole = words.spelt(field, number)
        lines.extend(assigned(names.seen(field.name), str(whole)))
        return names.seen(field.name)

    ends = [
        program_text(next_expression(state, inline.get(state.next, Name(state.next)), domains))
        for state in graph.states
    ]
    results = [result(field) for field in graph.output_signals.fields]
    ending = returned(graph, names, ends, results)
    return [*unpacked(graph, names), *words.lines(), *lines, *ending], []


def _spelt(
    integers: dict[Port, str],
    logic: dict[str, Expression],
    sources: dict[str, str],
    following: list[str],
) -> dict[str, Port]:
    """Return the integers that only become words, which then are so where they are computed."""
    told = {sources[bit] for port in integers for bit in port.bits}
    others = {
        source
        for name, expression in logic.items()
        if name not in told
        for source in arguments(expression)
    }
    others |= {*following, *(source for source in sources.values() if source not in told)}
    return {
        integer: port
        for port, integer in integers.items()
        if port.labels
        and integer in logic
        and others.isdisjoint({integer, *(sources[bit] for bit in port.bits)})
    }


def _whole(graph: Graph, logic: dict[str, Expression], sources: dict[str, str]) -> dict[Port, str]:
    """Return the ports of outputs whose bits are all read from one integer, with its name."""
    found: dict[Port, str] = {}
    for port in graph.output_signals.ports:
        tests = tuple(logic.get(sources[bit]) for bit in port.bits)
        read = arguments(tests[0]) if tests[0] else ()
        if len(read) == 1 and tests == conditions(port, Name(read[0])):
            found[port] = read[0]
    return found


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
    definitions = [_defined(called[name], function, names) for name, function in graph.activations]
    words = Words(graph, names)
    lines = unpacked(graph, names)
    for field in graph.input_signals.fields:
        tests = {field: Name(names.of(field))} if isinstance(field, str) else _tests(field, names)
        lines += [
            f"{names.of(bit)} = 1.0 if {words.read(test)} else -1.0" for bit, test in tests.items()
        ]
    for node in graph.computed:
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
        words.spelt(field, substituted(reading(field, field.bits), truths))
        if isinstance(field, Port)
        else truths[field]
        for field in graph.output_signals.fields
    ]
    return lines + returned(graph, names, following, list(map(str, results))), definitions


def _tests(port: Port, names: ProgramNames) -> dict[str, Expression]:
    """Return when each bit of a port is set."""
    return dict(zip(port.bits, conditions(port, Name(names.seen(port.name))), strict=True))


def _written(node: Neuron | Product | Logic, names: ProgramNames, called: dict[str, str]) -> str:
    if isinstance(node, Product):
        return f"{names.of(node.left)}*{names.of(node.right)}"
    assert isinstance(node, Neuron)
    # Floats throughout: on ints Python would be exact where the interpreter rounds.
    parts = [f"{float(term.weight)!r}*{names.of(term.source)}" for term in node.terms]
    total = " + ".join([*parts, repr(float(node.bias))]).replace(" + -", " - ")
    return total if node.activation == "linear" else f"{called[node.activation]}({total})"


_PLAIN = {
    "linear": "def {name}(x):\n    return x",
    "relu": "def {name}(x):\n    return 0.0 if x <= 0.0 else x",
    "sigmoid": (
        "from math import tanh as {tanh}\n\n\n"
        "def {name}(x):\n    return 0.5 * {tanh}(0.5 * x) + 0.5"
    ),
    "step": "def {name}(x):\n    return 1.0 if x > 0.0 else 0.0",
    "tanh": "from math import tanh as {name}",
}


def _defined(name: str, activation: Activation, names: ProgramNames) -> str:
    if activation.kind in _PLAIN:
        text = _PLAIN[activation.kind]
        return text.format(name=name, tanh=names.fresh("tanh") if "{tanh}" in text else "")
    pieces = "\n".join(
        f"        ({_end(piece.end)}, {piece.centre!r}, {tuple(reversed(piece.coefficients))!r}),"
        for piece in padded(ameo_pieces(activation.factor, activation.leak))
    )
    return _ACTIVATION.format(name=name, pieces=pieces)


def _end(value: float) -> str:
    return '"inf"' if value == float("inf") else repr(value)
