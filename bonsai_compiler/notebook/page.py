"""Values as HTML that stands by itself: no script, no style sheet, and every text escaped."""

from functools import singledispatch
from html import escape

from bonsai_compiler.backends.dot import emit_svg
from bonsai_compiler.differences.diff import Difference, changed_lines
from bonsai_compiler.differences.walk import Step
from bonsai_compiler.driver.build import Result
from bonsai_compiler.driver.words import step_lines
from bonsai_compiler.ir.graph import Graph, size
from bonsai_compiler.ir.text import dump
from bonsai_compiler.notebook.plain import SAME, plain, step_line
from bonsai_compiler.notebook.waves import waves
from bonsai_compiler.traces.trace import Trace

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
