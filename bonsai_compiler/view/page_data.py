"""An exhibit as the plain data that the page's scripts read."""

import json
from dataclasses import asdict
from math import isfinite
from typing import Any

from bonsai_compiler.differences.diff import aligned
from bonsai_compiler.differences.walk import Stage
from bonsai_compiler.ir import Graph, size
from bonsai_compiler.portraits.portrait import Closed
from bonsai_compiler.portraits.words import state_title
from bonsai_compiler.specification.machine import Machine
from bonsai_compiler.text import dump
from bonsai_compiler.view.annotations import equation_lines, program_lines
from bonsai_compiler.view.exhibit import Exhibit
from bonsai_compiler.view.runnable import runnable_graph, runnable_machine, runnable_side


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


def page_data(exhibit: Exhibit) -> dict[str, Any]:
    """Return what the page's scripts read, ready to be written as JSON."""
    stages = exhibit.stages
    graph = stages[-1].graph if stages else None
    found, expected = exhibit.machine, exhibit.expected
    lines, nodes = _Once(), _Once()
    return {
        "name": exhibit.name,
        "given": runnable_side(exhibit.given),
        "told": runnable_side(exhibit.told),
        "shown": exhibit.shown_first,
        "first": _looked_at(exhibit),
        "stages": [
            _stage(before, stage, lines, nodes)
            for before, stage in zip((None, *stages), stages, strict=False)
        ],
        "lines": lines.values,
        "nodes": nodes.values,
        "expected": runnable_machine(expected) if isinstance(expected, Machine) else expected,
        "machine": {
            "titles": [state_title(state) for state in range(found.machine.size)],
            "table": runnable_machine(found.machine),
        }
        if isinstance(found, Closed)
        else {"titles": [], "table": None},
        "program": [asdict(line) for line in program_lines(exhibit.program, graph)],
        "equations": [asdict(line) for line in equation_lines(exhibit.equations, graph)],
        "scenarios": [asdict(scenario) for scenario in exhibit.scenarios],
        "growth": [_finite(asdict(row)) for row in exhibit.growth],
    }


def _finite(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row in which a loss that ran away is missing: JSON has no infinity."""
    return {
        name: None if isinstance(value, float) and not isfinite(value) else value
        for name, value in row.items()
    }


def _looked_at(exhibit: Exhibit) -> str | None:
    """Return the node that is explained when the page opens: what the first output shows."""
    if not exhibit.stages:
        return None
    return exhibit.stages[exhibit.shown_first].graph.outputs[0].source


def _stage(before: Stage | None, stage: Stage, lines: _Once, nodes: _Once) -> dict[str, Any]:
    """Return a stage as data, in which places stand for lines of text and for nodes."""
    graph = runnable_graph(stage.graph)
    text = _marked(before.graph if before else stage.graph, stage.graph)
    return {
        "name": stage.name,
        "check": stage.check,
        "what": stage.deed,
        "seconds": stage.seconds,
        "size": str(size(stage.graph)),
        "text": [(sign, lines.place(line)) for sign, line in text],
        "changed": before is not None and before.graph != stage.graph,
        "graph": {**graph, "nodes": [nodes.place(node) for node in graph["nodes"]]},
    }


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
