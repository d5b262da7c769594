"""What a notebook, or `print`, shows of values that know nothing of it.

Importing this module gives each class that `plain` knows its looks.
"""

from collections.abc import Iterator, Sequence
from functools import singledispatch
from html import escape
from itertools import groupby
from math import ceil, isfinite, nan
from typing import Any, TypeVar
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from bonsai_compiler.backends.dot import emit_svg
from bonsai_compiler.differences.diff import Difference, Step, changed_lines, dump_diff, dump_walk
from bonsai_compiler.driver.build import Result
from bonsai_compiler.driver.summaries import step_lines
from bonsai_compiler.fsm.machine_drawing import MachineDrawing
from bonsai_compiler.ir.graph import Graph, size
from bonsai_compiler.ir.text import dump, number
from bonsai_compiler.passes.optimise import Optimised
from bonsai_compiler.traces.trace import Group, Kind, Signal, Trace, Value, is_high
from bonsai_compiler.traces.waves import draw

TICK, ROW, HIGH, LETTER = 18, 28, 16, 7.3
"""Pixels: the least width of a tick, the pitch of the rows, a wave's height, a letter's width."""

WIDEST = 96
"""Pixels that a tick takes at most, so that a word has room in it."""

MARKED = 5
"""Every so many ticks the ruler has a number and a line."""

MOST_TICKS = 1000
"""Ticks that are drawn; no one scrolls further, and notebooks are to stay small."""

Item = TypeVar("Item")

TRACE_COLOURS = {
    Group.INPUTS: "#8a8a8a",
    Group.STATES: "#4c86d0",
    Group.NEURONS: "#c9772f",
    Group.OUTPUTS: "#3a9a55",
}


def waves(trace: Trace) -> str:
    """Return the drawing, which scrolls where it is wider than the page."""
    ticks = min(trace.ticks, MOST_TICKS)
    longest = max(len(signal.name) for signal in trace.signals)
    left = longest * LETTER + 12
    tick_width = _tick_width(trace, ticks)
    height = ROW * (len(trace.signals) + 1)
    width = left + ticks * tick_width + 8
    svg = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "width": f"{width:.0f}",
            "height": str(height),
            "font-family": "monospace",
            "font-size": "12",
            "fill": "currentColor",
        },
    )
    SubElement(svg, "title").text = trace.name
    for tick in (0, *range(MARKED - 1, ticks, MARKED)):
        x = f"{left + tick * tick_width:.1f}"
        line = {"x1": x, "x2": x, "y1": "18", "y2": str(height), "stroke": "currentColor"}
        SubElement(svg, "line", {**line, "stroke-opacity": "0.2"})
        _text(svg, left + tick * tick_width, 13, str(tick + 1))
    for place, signal in enumerate(trace.signals, 1):
        base = ROW * place + 22
        _text(svg, left - 8, base - 3, signal.name, anchor="end")
        row = SubElement(
            svg,
            "g",
            {"transform": f"translate({left:.1f} {base})", "stroke": TRACE_COLOURS[signal.group]},
        )
        _draw(row, signal, ticks, tick_width)
    note = "" if ticks == trace.ticks else f"<p>the first {ticks} of {trace.ticks} ticks</p>"
    drawn = ElementTree.tostring(svg, encoding="unicode")
    return f'<div style="overflow-x:auto">{drawn}</div>{note}'


def _tick_width(trace: Trace, ticks: int) -> int:
    """Return how many pixels a tick takes: more where words are to stand in it."""
    texts = (signal for signal in trace.signals if signal.kind is Kind.TEXT)
    words = (value for signal in texts for value in signal.values[:ticks] if value is not None)
    longest = max((len(str(word)) for word in words), default=0)
    return max(TICK, min(WIDEST, ceil(longest * LETTER) + 6))


def _draw(row: Element, signal: Signal, ticks: int, tick_width: int) -> None:
    """Draw a signal above the line y = 0; numbers stand where there is room, words shortened."""
    values = signal.values[:ticks]
    is_text = signal.kind is Kind.TEXT
    path = _lines(values, tick_width) if is_text else _steps(_heights(signal)[:ticks], tick_width)
    SubElement(row, "path", {"fill": "none", "stroke-width": "1.5", "d": path})
    if signal.kind is Kind.BIT:
        return
    for start, stop, value in _runs(values):
        if value is None:
            continue
        word = value if isinstance(value, str) else number(float(f"{value:.3g}"))
        room = int((stop - start) * tick_width / LETTER)
        if is_text and len(word) > room:
            word = f"{word[: room - 1]}…"
        if len(word) <= room:
            _text(row, start * tick_width + 3, -HIGH / 4, word)


def _lines(values: Sequence[Value], tick_width: int) -> str:
    """Return a path with an upright line wherever the value changes."""
    runs = _runs(values)
    return "".join(
        f"M{start * tick_width} {-HIGH}V0H{stop * tick_width}" for start, stop, _ in runs
    )


def _steps(heights: Sequence[float | None], tick_width: int) -> str:
    """Return a path that is at each height for its ticks, and nowhere where there is none."""
    path = ""
    before: float | None = None
    for start, stop, height in _runs(heights):
        if height is not None:
            lead = f"M{start * tick_width} " if before is None else "V"
            path += f"{lead}{-height:.1f}H{stop * tick_width}"
        before = height
    return path


def _heights(signal: Signal) -> list[float | None]:
    """Return how high each value stands; None for what does not matter or is not finite."""
    if signal.kind is Kind.BIT:
        bits = map(is_high, signal.values)
        return [None if bit is None else HIGH * bit for bit in bits]
    numbers = [float(value) if isinstance(value, int | float) else nan for value in signal.values]
    finite = [value for value in numbers if isfinite(value)]
    low, high = min(finite, default=0.0), max(finite, default=0.0)
    span = high - low or 1.0
    return [HIGH * (value - low) / span if isfinite(value) else None for value in numbers]


def _runs(values: Sequence[Item]) -> Iterator[tuple[int, int, Item]]:
    """Yield (start, stop, value) for each run of equal values."""
    start = 0
    for value, members in groupby(values):
        stop = start + len(list(members))
        yield start, stop, value
        start = stop


def _text(parent: Element, x: float, y: float, text: str, anchor: str = "start") -> None:
    place = {"x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor, "stroke": "none"}
    SubElement(parent, "text", place).text = text


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
    """Return a step in one line: its pass, the size that it came to, its check and summary."""
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
