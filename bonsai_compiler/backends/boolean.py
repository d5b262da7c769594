"""Emit the equations of a graph of logic in the notation of sympy: Boolean where all are bits."""

from collections.abc import Iterable

from bonsai_compiler.backends.program import NOT_JUDGED, commented
from bonsai_compiler.errors import BonsaiError, printable
from bonsai_compiler.ir.graph import Dialect, Graph
from bonsai_compiler.logic.equations import equations


def emit_boolean(
    graph: Graph, doc: str = "", horizon: int | None = None, header: Iterable[str] = NOT_JUDGED
) -> str:
    """Equations: `~` not, `&` and, `|` or, `^` xor, `[n + 1]` of integers; `s'` the next `s`."""
    if graph.dialect is not Dialect.LOGIC:
        raise BonsaiError(
            f"{graph.name} is a graph of neurons, which has no equations; lower it to logic first: "
            f'bonsaic opt FILE --passes "clip, quantize, snap, lower" --task TASK '
            f"-o {graph.name}.logic.bonsai"
        )
    rows = equations(graph)
    width = max(len(name) for name, _ in rows)
    lines = [f"{name:<{width}} = {text}" for name, text in rows]
    heading = _heading(graph, doc, horizon, header)
    if any("[" in text for _, text in rows):
        heading.append(
            "# [in brackets] small integers are reckoned with, or compared: then 1 if so, else 0"
        )
        if any(port.labels for port in graph.ports):
            heading.append("# in it a word counts as its place, the first as 0")
    return "\n".join([*heading, "", *lines]) + "\n"


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
