"""Which nodes of its graph each line of a program, or of the equations, computes."""

import ast
import re
from dataclasses import dataclass

from bonsai_compiler.backends.program import ProgramNames
from bonsai_compiler.ir.graph import Graph

_EQUATION = re.compile(r"\[?(?P<name>[^\W\d]\w*)(?P<prime>'?)(?: == (?P<level>-?\d+)\])?\s+= ")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text; `nodes` have their values there, `following` are states about to change.

    Among the nodes are ports, whose names a program gives to integers. With a `level`, the line
    says only whether its node has that value.
    """

    text: str
    nodes: tuple[str, ...] = ()
    following: tuple[str, ...] = ()
    level: int | None = None


def program_lines(text: str, graph: Graph | None) -> list[Line]:
    """Return the lines of the program emitted for a graph; without one, they compute nothing."""
    lines = [Line(line) for line in text.splitlines()]
    if graph is None:
        return lines
    names = ProgramNames(graph)
    known = {local: name for name, local in (*names.ports.items(), *names.local.items())}
    step = next(
        (
            item
            for item in ast.parse(text).body
            if isinstance(item, ast.FunctionDef) and item.name == "step"
        ),
        None,
    )
    for statement in step.body if step else ():
        place = (statement.end_lineno or statement.lineno) - 1
        if isinstance(statement, ast.Return):
            states = tuple(node.name for node in graph.states)
            lines[place] = Line(lines[place].text, graph.output_signals.names, states)
        elif isinstance(statement, ast.Assign):
            targets = [
                part.id for part in ast.walk(statement.targets[0]) if isinstance(part, ast.Name)
            ]
            nodes = tuple(known[target] for target in targets if target in known)
            lines[place] = Line(lines[place].text, nodes)
    return lines


def equation_lines(text: str, graph: Graph | None) -> list[Line]:
    """Return the lines of the equations of a graph."""
    known = {node.name for node in graph.nodes} if graph else set()
    return [_equation(line, known) for line in text.splitlines()]


def _equation(text: str, known: set[str]) -> Line:
    found = _EQUATION.match(text)
    if not found or found["name"] not in known:
        return Line(text)
    level = None if found["level"] is None else int(found["level"])
    if found["prime"]:
        return Line(text, (), (found["name"],), level)
    return Line(text, (found["name"],), (), level)
