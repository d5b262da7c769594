"""The `step` of a graph of logic, in bools and small integers."""

from bonsai_compiler.backends.program import ProgramNames, assigned, returned, unpacked
from bonsai_compiler.ir.expression import Expression, Name, arguments, substituted
from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.ir.integers import conditions, input_readings, reading
from bonsai_compiler.ir.ports import Port
from bonsai_compiler.logic.domains import next_expression, output_expression, value_domains


def logic_body(graph: Graph, names: ProgramNames) -> tuple[list[str], list[str]]:
    """Return the lines of `step` for a graph of logic; it needs no definitions."""
    logic = {node.name: node.expression for node in graph.logic}
    sources = {output.name: output.source for output in graph.outputs}
    integers = _whole(graph, logic, sources)
    readings = input_readings(graph)
    # What is an output is called by the task's name for it, and what reads a port is the port.
    for output in reversed(graph.outputs):
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
        if name not in read and following.count(name) == 1
    }

    def program_text(expression: Expression) -> str:
        return str(substituted(expression, meaning))

    lines = unpacked(graph, names)
    for name, expression in logic.items():
        if name not in inline and expression not in readings and name in (needed | {*following}):
            lines += assigned(names.of(name), program_text(expression))
    domains = value_domains(graph)

    def result(field: Port | str) -> str:
        if not isinstance(field, Port):
            return program_text(output_expression(Name(sources[field]), domains))
        if field in integers:
            return names.of(integers[field])
        bits = {bit: output_expression(Name(sources[bit]), domains) for bit in field.bits}
        whole = program_text(substituted(reading(field, field.bits), bits))
        lines.extend(assigned(names.seen(field.name), whole))
        return names.seen(field.name)

    ends = [
        program_text(next_expression(state, inline.get(state.next, Name(state.next)), domains))
        for state in graph.states
    ]
    results = [result(field) for field in graph.output_signals.fields]
    return lines + returned(graph, names, ends, results), []


def _whole(graph: Graph, logic: dict[str, Expression], sources: dict[str, str]) -> dict[Port, str]:
    """Return the ports of outputs whose bits are all read from one integer, with its name."""
    found: dict[Port, str] = {}
    for port in graph.output_signals.ports:
        tests = tuple(logic.get(sources[bit]) for bit in port.bits)
        read = arguments(tests[0]) if tests[0] else ()
        if len(read) == 1 and tests == conditions(port, Name(read[0])):
            found[port] = read[0]
    return found
