"""Signals over ticks, one row each, and traces: recordings that are saved, and shown as tables."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum
from pathlib import Path

from vcd.writer import VarValue, VCDWriter

from bonsai_compiler.errors import BonsaiError, printable, shortened, shown
from bonsai_compiler.ir.names import Fresh, identifier
from bonsai_compiler.ir.text import number
from bonsai_compiler.system.writing import write_file

Value = bool | int | float | str | None
"""What a signal carries on a tick; None is a "don't care"."""

LEVEL_BITS = 64
"""Integers are levels as long as they fit into so many bits, the sign included."""


class Group(Enum):
    """What the signals of a trace belong to, in the order in which they are shown."""

    INPUTS = "inputs"
    STATES = "states"
    NEURONS = "neurons"
    OUTPUTS = "outputs"


class Kind(Enum):
    """How the values of a signal are drawn and written."""

    BIT = "bit"
    LEVEL = "level"
    REAL = "real"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Signal:
    """One value a tick; a `detail` is left out of tables and drawings unless all is asked for."""

    name: str
    group: Group
    values: tuple[Value, ...]
    detail: bool = False

    @property
    def kind(self) -> Kind:
        """What the values have in common: a bit is a bool, or -1.0 and 1.0 among neurons."""
        known = [value for value in self.values if value is not None]
        if all(isinstance(value, bool) for value in known):
            return Kind.BIT
        if any(isinstance(value, str) for value in known):
            return Kind.TEXT
        if all(isinstance(value, int) for value in known):
            return Kind.LEVEL
        return Kind.BIT if {*known} <= {-1.0, 1.0} else Kind.REAL


@dataclass(frozen=True, slots=True)
class Recording:
    """The signals of `name` over a number of ticks, inputs first and outputs last."""

    name: str
    ticks: int
    signals: tuple[Signal, ...]

    def shown(self, *, everything: bool) -> tuple[Signal, ...]:
        """Return the signals without details, or all of them."""
        return tuple(signal for signal in self.signals if everything or not signal.detail)


def is_high(value: Value) -> bool | None:
    """Return a bit's value as a bool; None where it does not matter."""
    return None if value is None else not isinstance(value, str) and value > 0


def by_group(signals: Sequence[Signal]) -> Iterator[tuple[Group, tuple[Signal, ...]]]:
    """Yield each group that is there with its signals."""
    for group in Group:
        members = tuple(signal for signal in signals if signal.group is group)
        if members:
            yield group, members


PERIOD = 10
"""Nanoseconds a tick: the first begins at 0; the clock rises where one begins."""

VARIABLES = {Kind.BIT: "wire", Kind.LEVEL: "integer", Kind.REAL: "real", Kind.TEXT: "string"}
SIZES = {Kind.BIT: 1, Kind.LEVEL: LEVEL_BITS}


def as_vcd(trace: Recording) -> str:
    """Return the trace as a value change dump (IEEE 1364), a scope for each group, and a clock.

    Bits are wires (x where they do not matter), levels integers, real numbers reals.
    """
    file = io.StringIO()
    top = _ascii(identifier(trace.name))
    with VCDWriter(file, timescale="1 ns", date="", version="bonsaic", init_timestamp=0) as writer:
        clock = writer.register_var((top,), "clock", "wire", size=1, init=1)
        variables = []
        for group, signals in by_group(trace.signals):
            fresh = Fresh(())
            for signal in signals:
                kind = signal.kind
                values = [_dumped(kind, value) for value in signal.values]
                variable = writer.register_var(
                    (top, group.value),
                    fresh(_ascii(signal.name)),
                    VARIABLES[kind],
                    size=SIZES.get(kind),
                    init=values[0],
                )
                variables.append((variable, values))
        for tick in range(trace.ticks):
            writer.change(clock, tick * PERIOD, 1)
            for variable, values in variables:
                writer.change(variable, tick * PERIOD, values[tick])
            writer.change(clock, tick * PERIOD + PERIOD // 2, 0)
        writer.close(trace.ticks * PERIOD)
    return file.getvalue()


def as_csv(trace: Recording) -> str:
    """Return the trace as comma-separated values, a row a tick; empty where it does not matter."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["tick", *(signal.name for signal in trace.signals)])
    for tick in range(trace.ticks):
        writer.writerow([tick + 1, *(_written(signal.values[tick]) for signal in trace.signals)])
    return file.getvalue()


FORMATS: dict[str, Callable[[Recording], str]] = {".vcd": as_vcd, ".csv": as_csv}


def write_trace(trace: Recording, path: Path) -> None:
    """Write a trace in the format that the file's ending names."""
    write_file(path, FORMATS[expect_format(path)](trace))


def expect_format(path: Path) -> str:
    """Return the ending of a trace's file; raises BonsaiError for one of no known format."""
    if path.suffix.lower() not in FORMATS:
        raise BonsaiError(f"{path}: a trace is written to a file that ends in .vcd or .csv")
    return path.suffix.lower()


def _dumped(kind: Kind, value: Value) -> VarValue:
    """Return a value as its variable takes it; x where it does not matter."""
    if value is None:
        return "x"
    match kind:
        case Kind.BIT:
            return int(bool(is_high(value)))
        case Kind.LEVEL | Kind.REAL:
            assert isinstance(value, int | float)
            return value
        case Kind.TEXT:
            return str(value)


def _written(value: Value) -> str:
    if value is None:
        return ""
    return "01"[value] if isinstance(value, bool) else str(value)


def _ascii(name: str) -> str:
    """Return a name that wave viewers read: other letters are given by their code points."""
    return "".join(letter if letter.isascii() else f"_{ord(letter):x}" for letter in name)


@dataclass(frozen=True, slots=True)
class Trace(Recording):
    """The signals of `name` over a number of ticks, inputs first and outputs last."""

    def __getitem__(self, name: str) -> tuple[Value, ...]:
        """Return the values of the signal called `name`; raises BonsaiError if there is none."""
        for signal in self.signals:
            if signal.name == name:
                return signal.values
        known = [signal.name for signal in self.signals]
        close = get_close_matches(name, known, 1) if isinstance(name, str) else []
        there = f"there are {shortened(', '.join(known))}"
        hint = f"did you mean '{close[0]}'?" if close else there
        raise BonsaiError(f"the trace has no signal {shown(name)}; {hint}")

    def save(self, path: str | Path) -> None:
        """Write the trace to a file that ends in .vcd or .csv; BonsaiError where that fails."""
        write_trace(self, Path(path))


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
