"""Values as plain text: what `print` shows, and a notebook that cannot show HTML."""

from bonsai_compiler.build import Result
from bonsai_compiler.differences.diff import Difference, dump_diff
from bonsai_compiler.differences.walk import dump_walk
from bonsai_compiler.displayed import Displayed
from bonsai_compiler.ir import Graph
from bonsai_compiler.optimise import Optimised
from bonsai_compiler.pipeline import Step
from bonsai_compiler.portraits.portrait import Portrait
from bonsai_compiler.text import dump
from bonsai_compiler.traces.trace import Trace
from bonsai_compiler.traces.waves import draw

WIDTH = 100
"""Columns of a drawing: where a text will be printed is not known here."""

SAME = "nothing changed"


def plain(value: Displayed) -> str:
    """Return a value as text, without a line break at its end."""
    match value:
        case Graph():
            text = dump(value)
        case Difference(before, after):
            text = dump_diff(before, after) or SAME
        case Trace():
            text = draw(value, WIDTH, everything=True)
        case Step():
            text = step_line(value)
        case Result():
            text = value.summary
        case Portrait():
            text = value.text()
        case Optimised():
            graph = value.graph
            text = f"{dump_walk(value.stages)}\n{value.verdict.describe(graph.given, graph.told)}"
        case _:
            text = repr(value)
    return text.rstrip("\n")


def step_line(step: Step) -> str:
    """Return a step in one line: its pass, the size that it came to, its check and deed."""
    return "  ".join(filter(None, (step.name, str(step.size), step.check, step.deed)))
