"""A trace as a table, one row a tick; the first tick is number 1, as in a verdict."""

from collections.abc import Sequence

from bonsai_compiler.errors import printable
from bonsai_compiler.ir.text import number
from bonsai_compiler.traces.signals import Signal, Value
from bonsai_compiler.traces.trace import Trace


def as_table(trace: Trace, *, everything: bool = False) -> str:
    """Return the table, with columns as wide as they have to be."""
    signals = trace.shown(everything=everything)
    rows = [header(signals), *(row(signals, place, place + 1) for place in range(trace.ticks))]
    return "\n".join(aligned(rows)) + "\n"


def header(signals: Sequence[Signal]) -> list[str]:
    """Return the names of the columns."""
    return ["tick", *(signal.name for signal in signals)]


def row(signals: Sequence[Signal], place: int, tick: int) -> list[str]:
    """Return the cells of the row for the values at `place`, which belong to `tick`."""
    return [str(tick), *(_cell(signal, signal.values[place]) for signal in signals)]


def aligned(rows: Sequence[Sequence[str]], least: int = 0) -> list[str]:
    """Return the rows with their cells at the right of columns that are `least` wide."""
    widths = [max(least, *map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True))
        for row in rows
    ]


def _cell(signal: Signal, value: Value) -> str:
    if isinstance(value, str):
        return printable(value)
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "01"[value]
    return number(round(value, 4) if abs(value) < 1e12 else value)
