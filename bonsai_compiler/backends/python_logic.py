"""The `step` of a graph of logic, in bools and small integers."""

from bonsai_compiler.backends.program import ProgramNames, assigned, returned, unpacked
from bonsai_compiler.ir.expression import arguments
from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.ir.integers import conditions, input_readings, reading
from bonsai_compiler.ir.ports import Port
from bonsai_compiler.ir.rewriting import substitute
from bonsai_compiler.logic.domains import next_expression, output_expression, value_domains


def logic_body(graph: Graph, names: ProgramNames) -> tuple[list[str], list[str]]:
    """Return the lines of `step` for a graph of logic; it needs no definitions."""
    logic = {node.name: node.expression for node in graph.logic}
    sources = {output.name: output.source for output in graph.outputs}
    whole = _whole(graph, logic, sources)
    readings = input_readings(graph)
    # What is an output is called by the task's name for it, and what reads a port is the port.
    for output in reversed(graph.outputs):
        if output.source in logic:
            names.local[output.source] = names.of(output.name)
    for port, integer in whole.items():
        if integer in logic:
            names.local[integer] = names.seen(port.name)
    for name, text in logic.items():
        if text in readings:
            names.local[name] = names.seen(readings[text].name)
    for port in graph.given.ports:
        tests = conditions(port, names.seen(port.name))
        names.local.update(zip(port.bits, tests, strict=True))
    told = [bit for port in whole for bit in port.bits]
    read = {source for text in logic.values() for source in arguments(text)}
    needed = read | {source for name, source in sources.items() if name not in told}
    read |= {*sources.values()}
    following = [state.next for state in graph.states]
    inline = {
        name: text
        for name, text in logic.items()
        if name not in read and following.count(name) == 1
    }
    lines = unpacked(graph, names)
    for name, text in logic.items():
        if name not in inline and text not in readings and name in (needed | {*following}):
            lines += assigned(names.of(name), substitute(text, names.local))
    domains = value_domains(graph)

    def result(field: Port | str) -> str:
        if not isinstance(field, Port):
            return substitute(output_expression(sources[field], domains), names.local)
        if field in whole:
            return names.of(whole[field])
        bits = {bit: output_expression(sources[bit], domains) for bit in field.bits}
        text = substitute(substitute(reading(field, field.bits), bits), names.local)
        lines.extend(assigned(names.seen(field.name), text))
        return names.seen(field.name)

    ends = [
        substitute(next_expression(state, inline.get(state.next, state.next), domains), names.local)
        for state in graph.states
    ]
    results = [result(field) for field in graph.told.fields]
    return lines + returned(graph, names, ends, results), []


def _whole(graph: Graph, logic: dict[str, str], sources: dict[str, str]) -> dict[Port, str]:
    """Return the ports of outputs whose bits are all read from one integer, with its name."""
    found: dict[Port, str] = {}
    for port in graph.told.ports:
        texts = tuple(logic.get(sources[bit], "") for bit in port.bits)
        read = arguments(texts[0]) if texts[0] else ()
        if len(read) == 1 and texts == conditions(port, read[0]):
            found[port] = read[0]
    return found
