"""A trace drawn for the terminal: square waves for bits, bars for levels and real numbers."""

import math
from collections.abc import Sequence
from itertools import groupby

from rich.cells import cell_len

from bonsai_compiler.errors import printable
from bonsai_compiler.ir.text import number
from bonsai_compiler.system.terminal import BARS
from bonsai_compiler.traces.trace import Kind, Signal, Trace, Value, is_high

CELL = 2
"""Columns for each tick: its edge, and what follows."""

MARKED = 5
"""The ruler numbers tick 1, and those that are multiples of this."""


def draw(trace: Trace, width: int, *, everything: bool = False) -> str:
    """Return the drawing, two lines for each signal, in as many blocks as a page needs."""
    signals = trace.shown(everything=everything)
    labels = [_label(signal) for signal in signals]
    margin = max([cell_len(text) for pair in labels for text in pair] + [len("tick")]) + 1
    most = max(1, (width - margin) // CELL)
    span = most - most % MARKED if most > MARKED else most
    drawn = [_waves(signal, span) for signal in signals]
    blocks = []
    for first in range(0, trace.ticks, span):
        last = min(first + span, trace.ticks)
        lines = [_padded("tick", margin) + _ruler(first, last)]
        for label, rows in zip(labels, drawn, strict=True):
            lines += [
                _padded(text, margin) + wave[first * CELL : last * CELL]
                for text, wave in zip(label, rows, strict=True)
            ]
        blocks.append("".join(f"{line.rstrip()}\n" for line in lines))
    return "\n".join(blocks)


def _waves(signal: Signal, span: int) -> tuple[str, str]:
    """Return a signal's two lines over all ticks; `span` ticks will stand in a block."""
    match signal.kind:
        case Kind.BIT:
            return _square(signal.values)
        case Kind.LEVEL | Kind.REAL:
            return _bars(signal.values)
        case Kind.TEXT:
            return _words(signal.values, span)


def _label(signal: Signal) -> tuple[str, str]:
    """Return what stands beside a signal's two lines: the range of its bars, and its name."""
    if signal.kind is Kind.TEXT or signal.kind is Kind.BIT:
        return "", signal.name
    low, high = map(_brief, _range(signal.values))
    return low if low == high else f"{low}..{high}", signal.name


def _padded(text: str, width: int) -> str:
    return " " * (width - 1 - cell_len(text)) + text + " "


def _ruler(first: int, last: int) -> str:
    ruler = ""
    for place, tick in enumerate(range(first + 1, last + 1)):
        if tick == 1 or tick % MARKED == 0:
            ruler = ruler.ljust(CELL * place) + str(tick)
    return ruler


def _square(values: Sequence[Value]) -> tuple[str, str]:
    """Return a bit as a square wave; what does not matter is a dashed line."""
    upper, lower = [], []
    before: bool | None = None
    for now in map(is_high, values):
        changes = before is not None and before != now
        if now is None:
            upper.append("  ")
            lower.append("╌╌")
        elif now:
            upper.append("┌─" if changes else "──")
            lower.append("┘ " if changes else "  ")
        else:
            upper.append("┐ " if changes else "  ")
            lower.append("└─" if changes else "──")
        before = now
    return "".join(upper), "".join(lower)


def _bars(values: Sequence[Value]) -> tuple[str, str]:
    """Return numbers as bars of up to sixteen steps, the greatest the highest."""
    low, high = _range(values)
    upper, lower = [], []
    for value in values:
        height = _height(value, low, high)
        upper.append((BARS[height - len(BARS) - 1] if height > len(BARS) else " ") * CELL)
        lower.append(BARS[min(height, len(BARS)) - 1] * CELL)
    return "".join(upper), "".join(lower)


def _height(value: Value, low: float, high: float) -> int:
    steps = 2 * len(BARS)
    if not isinstance(value, int | float) or math.isnan(value) or low == high:
        return 1
    share = (min(max(value, low), high) - low) / (high - low)
    return 1 + round(share * (steps - 1))


def _words(values: Sequence[Value], span: int) -> tuple[str, str]:
    """Return texts, each as far as there is room until the next one, or the end of a block."""
    shown = []
    for first in range(0, len(values), span):
        for value, members in groupby(values[first : first + span]):
            room = CELL * len(list(members)) - 1
            text = printable(str(value))
            cut = text if len(text) <= room else text[: room - 1] + "…"
            shown.append("│" + cut.ljust(room))
    return "", "".join(shown)


def _range(values: Sequence[Value]) -> tuple[float, float]:
    """Return the least and the greatest finite number; 0 for both where there is none."""
    finite = [value for value in values if isinstance(value, int | float) and math.isfinite(value)]
    return min(finite, default=0.0), max(finite, default=0.0)


def _brief(value: float) -> str:
    return number(float(f"{value:.3g}"))
