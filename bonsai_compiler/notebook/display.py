"""Values as Jupyter, marimo and `print` show them: their classes know nothing of it.

Importing this module gives each class that `plain` knows its looks.
"""

from functools import singledispatch
from html import escape
from typing import Any

from bonsai_compiler.backends.dot import emit_svg
from bonsai_compiler.differences.diff import Difference, Step, changed_lines, dump_diff, dump_walk
from bonsai_compiler.driver.build import Result
from bonsai_compiler.driver.words import step_lines
from bonsai_compiler.fsm.machine_drawing import MachineDrawing
from bonsai_compiler.ir.graph import Graph, size
from bonsai_compiler.ir.text import dump
from bonsai_compiler.notebook.waves import waves
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


DRAWN = 400
"""A graph of more nodes and weights than this is a tangle that takes long to lay out."""

COLOURS = {"-": "#d0443a", "+": "#3a9a55"}
VERDICTS = {"proved": "#3a9a55", "tested": "#b8860b", "refuted": "#d0443a"}


@singledispatch
def page(value: object) -> str:
    """Return a value as a piece of HTML."""
    return _pre(plain(value))


@page.register
def _(value: Graph) -> str:
    return _drawing(value) + _folded("as text", _pre(dump(value)))


@page.register
def _(value: Trace) -> str:
    return waves(value)


@page.register
def _(value: Step) -> str:
    return f"<p>{escape(step_line(value))}</p>{_drawing(value.graph)}"


@page.register
def _(result: Result) -> str:
    kind = "refuted" if result.refuted else result.verdict.kind
    style = f"border-left:4px solid {VERDICTS[kind]};padding-left:0.5em"
    return "".join(
        (
            f'<p style="{style}">{escape(result.summary)}</p>',
            _drawing(result.graph),
            _folded("program", _pre(result.program), opened=True),
            _folded("passes", _pre("\n".join(step_lines(result.compiled)))),
        )
    )


@page.register
def _(difference: Difference) -> str:
    before, after = difference.before, difference.after
    lines = [
        f'<span style="color:{COLOURS.get(line[0], "inherit")}">{escape(line)}</span>'
        for line in changed_lines(before, after)
    ]
    sizes = f"<p>neurons / weights / states: {size(before)} &rarr; {size(after)}</p>"
    return "<pre>" + "\n".join(lines) + f"</pre>{sizes}" if lines else f"<p>{SAME}</p>"


def _drawing(graph: Graph) -> str:
    if len(graph.nodes) + size(graph).weights > DRAWN:
        return f"<p>{escape(graph.name)}: {size(graph)}, too large to draw here</p>"
    svg = emit_svg(graph)
    return f'<div style="overflow-x:auto">{svg[svg.index("<svg") :]}</div>'


def _pre(text: str) -> str:
    return f"<pre>{escape(text)}</pre>"


def _folded(title: str, body: str, *, opened: bool = False) -> str:
    return f"<details{' open' if opened else ''}><summary>{title}</summary>{body}</details>"


def _bundle(value: object, include: Any = None, exclude: Any = None) -> dict[str, str]:
    return {"text/plain": plain(value), "text/html": page(value)}


LOOKS = {"__str__": plain, "_repr_html_": page, "_repr_mimebundle_": _bundle}
"""The methods that are looked for, by `str` and by notebooks."""


def _show(kind: type) -> None:
    for name, look in LOOKS.items():
        # Called with the value: a dispatcher is no function, which alone would become a method.
        setattr(kind, name, lambda value, *more, look=look, **named: look(value, *more, **named))


for kind in plain.registry:
    if kind is not object:
        _show(kind)
