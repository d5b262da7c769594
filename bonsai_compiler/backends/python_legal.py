"""The `legal` of an emitted program: which inputs may come in which of its states."""

import textwrap

from bonsai_compiler.backends.program import WIDTH, ProgramNames, assigned, unpacked
from bonsai_compiler.ir.expression import Name, arguments, substituted
from bonsai_compiler.ir.graph import Graph
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
    return [*lines, *_returned(str(substituted(guard.expression, meaning)))]


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
