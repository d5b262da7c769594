"""A page model as the plain data that the page's scripts read."""

import json
from collections.abc import Sequence
from dataclasses import asdict, astuple
from math import isfinite
from typing import Any

from bonsai_compiler.differences.diff import aligned
from bonsai_compiler.differences.walk import Step
from bonsai_compiler.fsm.closed import Closed
from bonsai_compiler.fsm.words import state_title
from bonsai_compiler.ir.graph import Graph, size
from bonsai_compiler.ir.text import dump
from bonsai_compiler.page.annotations import equation_lines, program_lines
from bonsai_compiler.page.model import PageModel, Scenario
from bonsai_compiler.page.notation import bits_of
from bonsai_compiler.page.runnable import runnable_graph, runnable_machine, runnable_signals
from bonsai_compiler.page.scenes import Scenes
from bonsai_compiler.specification.machine import Machine

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


def page_data(model: PageModel, drawn: Scenes, codes: Sequence[Sequence[str]]) -> dict[str, Any]:
    """Return what the page's scripts read, ready to be written as JSON.

    `codes` are those of the machine's states.
    """
    stages = model.stages
    graph = stages[-1].graph if stages else None
    found, expected = model.machine, model.expected
    lines, nodes = _Once(), _Once()
    return {
        "name": model.name,
        "input_signals": runnable_signals(model.input_signals),
        "output_signals": runnable_signals(model.output_signals),
        "shown": model.shown_first,
        "opens": model.opens_on,
        "first": _looked_at(model),
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
        "program": [asdict(line) for line in program_lines(model.program, graph)],
        "equations": [asdict(line) for line in equation_lines(model.equations, graph)],
        "scenarios": [_scenario(scenario) for scenario in model.scenarios],
        "growth": [_finite(asdict(row)) for row in model.growth],
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
