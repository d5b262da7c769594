"""Values as plain text: what `print` shows, and a notebook that cannot show HTML."""

from functools import singledispatch

from bonsai_compiler.differences.diff import Difference, dump_diff
from bonsai_compiler.differences.walk import Step, dump_walk
from bonsai_compiler.driver.build import Result
from bonsai_compiler.fsm.machine_drawing import MachineDrawing
from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.ir.text import dump
from bonsai_compiler.passes.optimise import Optimised
from bonsai_compiler.traces.trace import Trace
from bonsai_compiler.traces.waves import draw

WIDTH = 100
"""Columns of a drawing: where a text will be printed is not known here."""

SAME = "nothing changed"


@singledispatch
def plain(value: object) -> str:
    """Return a value as text, without a line break at its end."""
    return repr(value)


@plain.register
def _(value: Graph) -> str:
    return dump(value).rstrip("\n")


@plain.register
def _(value: Difference) -> str:
    return (dump_diff(value.before, value.after) or SAME).rstrip("\n")


@plain.register
def _(value: Trace) -> str:
    return draw(value, WIDTH, everything=True).rstrip("\n")


@plain.register
def _(value: Step) -> str:
    return step_line(value)


@plain.register
def _(value: Result) -> str:
    return value.summary


@plain.register
def _(value: MachineDrawing) -> str:
    return value.text().rstrip("\n")


@plain.register
def _(value: Optimised) -> str:
    graph = value.graph
    verdict = value.verdict.describe(graph.input_signals, graph.output_signals)
    return f"{dump_walk(value.stages)}\n{verdict}"


def step_line(step: Step) -> str:
    """Return a step in one line: its pass, the size that it came to, its check and deed."""
    return "  ".join(filter(None, (step.name, str(step.size), step.check, step.summary)))
