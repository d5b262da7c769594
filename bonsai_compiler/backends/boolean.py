"""Emit the equations of a graph of logic in the notation of sympy: Boolean where all are bits."""

from collections.abc import Iterable

from bonsai_compiler.backends.program import NOT_JUDGED, commented
from bonsai_compiler.errors import BonsaiError, printable
from bonsai_compiler.ir.expression import Expression, Name, arguments
from bonsai_compiler.ir.graph import Dialect, Graph
from bonsai_compiler.ir.integers import input_readings
from bonsai_compiler.ir.kinds import Kind
from bonsai_compiler.ir.values import Domains, Values, kind_of
from bonsai_compiler.logic.boolean import formula, formula_of_level
from bonsai_compiler.logic.domains import next_expression, output_expression, value_domains


def emit_boolean(
    graph: Graph, doc: str = "", horizon: int | None = None, header: Iterable[str] = NOT_JUDGED
) -> str:
    """Equations: `~` not, `&` and, `|` or, `^` xor, `[a == 1]` a comparison; `s'` the next `s`."""
    if graph.dialect is not Dialect.LOGIC:
        raise BonsaiError(
            f"{graph.name} is a graph of neurons, which has no equations; lower it to logic first: "
            f'bonsaic opt FILE --passes "clip, quantize, snap, lower" --task TASK '
            f"-o {graph.name}.logic.bonsai"
        )
    domains = value_domains(graph)
    expressions = {node.name: node.expression for node in graph.logic}
    read = {name for own in expressions.values() for name in arguments(own)}
    ends = {state.next for state in graph.states} | {node.source for node in graph.outputs}
    rows: list[tuple[str, str]] = []
    readings = input_readings(graph)
    for name, own in expressions.items():
        port = readings.get(own)
        reads_port = port is not None and port.name == name
        if not reads_port and (name in read or name not in ends):
            rows += _equations(name, own, domains)

    def meant(source: str) -> Expression:
        return Name(source) if source in read else expressions.get(source, Name(source))

    for state in graph.states:
        shown = next_expression(state, meant(state.next), domains)
        rows += _equations(f"{state.name}'", shown, domains, domains[state.name])
    for output in graph.outputs:
        shown = output_expression(meant(output.source), domains)
        rows += _equations(output.name, shown, domains)
    width = max(len(name) for name, _ in rows)
    equations = [f"{name:<{width}} = {text}" for name, text in rows]
    heading = _heading(graph, doc, horizon, header)
    if any("[" in text for _, text in rows):
        heading.append("# [a comparison] of small integers is 1 where it holds, else 0")
        if any(port.labels for port in graph.ports):
            heading.append("# in it a word counts as its place, the first as 0")
    return "\n".join([*heading, "", *equations]) + "\n"


def _heading(graph: Graph, doc: str, horizon: int | None, header: Iterable[str]) -> list[str]:
    lines = [f"# {printable(line)}".rstrip() for line in (doc or graph.name).splitlines()]
    lines += commented(header)
    if horizon:
        lines.append(f"# For the first {horizon} ticks.")
    for port in graph.ports:
        lines.append(f"# {port}: {', '.join(port.bits)}")
    for state in graph.states:
        among = f", one of {state.levels[0]} to {state.levels[-1]}" if state.levels else ""
        lines.append(f"# {state.name} starts at {int(state.init)}{among}")
    return lines


def _equations(
    name: str, expression: Expression, domains: Domains, values: Values | None = None
) -> list[tuple[str, str]]:
    """Return one equation for a bool, and one for each level of anything else."""
    taken = values or domains.get(name, ())
    if kind_of(expression, domains) is Kind.BIT:
        return [(name, formula(expression, domains))]
    return [
        (f"[{name} == {level}]", formula_of_level(expression, level, domains)) for level in taken
    ]
