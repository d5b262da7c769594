"""A page model as the plain data that the page's scripts read."""

import ast
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, astuple, dataclass
from math import isfinite
from typing import Any

from bonsai_compiler.backends.program import ProgramNames
from bonsai_compiler.differences.diff import Step, aligned
from bonsai_compiler.fsm.closed import Closed, state_title
from bonsai_compiler.ir.activation import Activation, ameo_pieces, padded
from bonsai_compiler.ir.expression import Constant, Expression, Name, Operation, Table, arguments
from bonsai_compiler.ir.graph import (
    Graph,
    Input,
    Logic,
    Neuron,
    Node,
    Output,
    Product,
    State,
    size,
)
from bonsai_compiler.ir.ports import Port
from bonsai_compiler.ir.signals import Signals
from bonsai_compiler.ir.text import dump, dump_node
from bonsai_compiler.page.model import PageModel, Scenario
from bonsai_compiler.page.notation import bits_of
from bonsai_compiler.page.scenes import Scenes
from bonsai_compiler.specification.machine import Machine

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


MOST_CODES = 12
"""How many codes of a state of the machine are told; the count of all follows."""


class _Once:
    """Values that many stages share, each kept once and called by its place."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self._places: dict[str, int] = {}

    def place(self, value: Any) -> int:
        """Return where a value stands."""
        key = json.dumps(value)
        if key not in self._places:
            self._places[key] = len(self.values)
            self.values.append(value)
        return self._places[key]


def data_told(model: PageModel) -> dict[str, Any]:
    """Return what the page's scripts read of its verdict, program, and equations."""
    graph = model.stages[-1].graph if model.stages else None
    return {
        "opens": model.opens_on,
        "first": _looked_at(model),
        "program": [asdict(line) for line in program_lines(model.program, graph)],
        "equations": [asdict(line) for line in equation_lines(model.equations, graph)],
        "scenarios": [_scenario(scenario) for scenario in model.scenarios],
    }


def data_drawn(model: PageModel, drawn: Scenes, codes: Sequence[Sequence[str]]) -> dict[str, Any]:
    """Return all else that the page's scripts read, ready to be written as JSON as well.

    `codes` are those of the machine's states.
    """
    stages = model.stages
    found, expected = model.machine, model.expected
    lines, nodes = _Once(), _Once()
    return {
        "name": model.name,
        "input_signals": runnable_signals(model.input_signals),
        "output_signals": runnable_signals(model.output_signals),
        "shown": model.shown_first,
        "stages": [
            {"scene": scene, **_stage(before, stage, lines, nodes)}
            for before, stage, scene in zip((None, *stages), stages, drawn.of_stage, strict=False)
        ],
        "scenes": _geometry(drawn),
        "lines": lines.values,
        "nodes": nodes.values,
        "expected": runnable_machine(expected) if isinstance(expected, Machine) else expected,
        "machine": {
            "titles": [state_title(state) for state in range(found.machine.size)],
            "codes": [[*own[:MOST_CODES], len(own)] for own in codes],
            "table": runnable_machine(found.machine),
        }
        if isinstance(found, Closed)
        else {"titles": [], "codes": [], "table": None},
        "growth": [_finite(asdict(row)) for row in model.growth],
        "picture": asdict(model.picture) if model.picture else None,
    }


def _geometry(drawn: Scenes) -> list[dict[str, Any]]:
    """Return where each scene has its nodes and edges; places stand for both, in their order."""
    boxes = {box.key: place for place, box in enumerate(drawn.boxes)}
    edges = {edge: place for place, edge in enumerate(drawn.edges)}
    return [
        {
            "window": drawing.view,
            "nodes": [[boxes[box.key], round(box.x), round(box.y)] for box in drawing.boxes],
            "edges": [[edges[curve.key], curve.path, curve.head] for curve in drawing.curves],
        }
        for drawing in drawn.drawings
    ]


def _scenario(scenario: Scenario) -> dict[str, Any]:
    """Return a scenario as data; outputs are coded as in a machine's table, 0 for any."""
    codes = [[0 if bit is None else 1 if bit else -1 for bit in bits] for bits in scenario.expected]
    return {**asdict(scenario), "expected": codes}


def _finite(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row in which a loss that ran away is missing: JSON has no infinity."""
    return {
        name: None if isinstance(value, float) and not isfinite(value) else value
        for name, value in row.items()
    }


def _looked_at(model: PageModel) -> str | None:
    """Return the node that is explained when the page opens: what the first output shows."""
    if not model.stages:
        return None
    opened = model.opens_on
    stage = model.shown_first if opened is None else model.scenarios[opened].stage
    return model.stages[stage].graph.outputs[0].source


def _stage(before: Step | None, stage: Step, lines: _Once, nodes: _Once) -> dict[str, Any]:
    """Return a stage as data, in which places stand for lines of text and for nodes."""
    graph = runnable_graph(stage.graph)
    text = _marked(before.graph if before else stage.graph, stage.graph)
    return {
        "name": stage.name,
        "check": stage.check,
        "what": stage.summary,
        "seconds": stage.seconds,
        "size": list(astuple(size(stage.graph))),
        "bits": _bits(stage.graph),
        "text": [(sign, lines.place(line)) for sign, line in text],
        "changed": before is not None and before.graph != stage.graph,
        "graph": {**graph, "nodes": [nodes.place(node) for node in graph["nodes"]]},
    }


def _bits(graph: Graph) -> list[list[float]]:
    """Return the bits of a graph of neurons: a node's place, and what stands for 0 and for 1."""
    found = bits_of(graph)
    return [
        [place, *found[node.name]] for place, node in enumerate(graph.nodes) if node.name in found
    ]


def _marked(before: Graph, after: Graph) -> list[tuple[str, str]]:
    """Return the text of `after` with `+` before new lines, and `-` before those that are gone."""
    lines = []
    for line in aligned(before, after):
        if line.before is not None and line.before != line.after:
            lines.append(("-", line.before))
        if line.after is not None:
            lines.append((" " if line.before == line.after else "+", line.after))
    text = dump(after).splitlines()
    if [line for sign, line in lines if sign != "-"] == text:
        return lines
    # Lines have changed places: what is gone stands above the whole text as it is.
    new = {line for sign, line in lines if sign == "+"}
    gone = [line for line in lines if line[0] == "-"]
    return gone + [("+" if line in new else " ", line) for line in text]


def runnable_graph(graph: Graph) -> dict[str, Any]:
    """Return a graph as data: nodes in order of evaluation, activations as tables of pieces."""
    return {
        "dialect": graph.dialect.value,
        "activations": {
            "linear": {"kind": "linear"},
            **{name: _activation(kind) for name, kind in graph.activations},
        },
        "nodes": [{**_node(node), "line": dump_node(node, graph.dialect)} for node in graph.nodes],
    }


def runnable_machine(machine: Machine) -> dict[str, Any]:
    """Return a machine as data: rows a state, a column a letter, -1 where no letter leads."""
    return {
        "successor": machine.successor.tolist(),
        "output": machine.output.tolist(),
        "legal": machine.legal.astype(int).tolist(),
        "horizon": machine.horizon,
    }


def runnable_signals(signals: Signals) -> list[dict[str, Any]]:
    """Return the fields of signals as data; a port has its bits, and the word of each value."""
    return [
        {
            "name": field.name,
            "bits": field.bits,
            "low": field.low,
            "words": ["".join("01"[bit] for bit in word) for word in field.words.tolist()],
            **({"labels": field.labels} if field.labels else {}),
        }
        if isinstance(field, Port)
        else {"name": field}
        for field in signals.fields
    ]


def runnable_expression(expression: Expression) -> list[Any]:
    """Return an expression of logic as nested lists, the operator first."""
    match expression:
        case Name(name):
            return ["name", name]
        case Constant(value):
            return ["value", value]
        case Operation(operator, operands):
            return [operator, *map(runnable_expression, operands)]
        case Table(entries, index):
            return ["table", runnable_expression(index), *entries]
    raise AssertionError(f"{expression!r} is no expression")


def _node(node: Node) -> dict[str, Any]:
    match node:
        case Input(name):
            return {"kind": "input", "name": name}
        case State(name, init, following, levels):
            return {
                "kind": "state",
                "name": name,
                "init": init,
                "next": following,
                "levels": list(map(float, levels)),
            }
        case Neuron(name, activation, bias, terms):
            return {
                "kind": "neuron",
                "name": name,
                "activation": activation,
                "bias": bias,
                "terms": [[term.weight, term.source] for term in terms],
            }
        case Product(name, left, right):
            return {"kind": "product", "name": name, "reads": [left, right]}
        case Logic(name, expression):
            return {
                "kind": "logic",
                "name": name,
                "expression": runnable_expression(expression),
                "text": str(expression),
                "reads": list(arguments(expression)),
            }
        case Output(name, source):
            return {"kind": "output", "name": name, "source": source}


def _activation(activation: Activation) -> dict[str, Any]:
    if activation.kind != "ameo":
        return {"kind": activation.kind}
    pieces = padded(ameo_pieces(activation.factor, activation.leak))
    return {
        "kind": "pieces",
        "ends": [piece.end for piece in pieces[:-1]],
        "centres": [piece.centre for piece in pieces],
        "coefficients": [list(piece.coefficients) for piece in pieces],
    }
