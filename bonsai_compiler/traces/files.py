"""A trace as a file: a value change dump for wave viewers such as GTKWave, or a table as CSV."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

from vcd.writer import VarValue, VCDWriter

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.names import Fresh, identifier
from bonsai_compiler.system.writing import write_file
from bonsai_compiler.traces.signals import LEVEL_BITS, Kind, Recording, Value, by_group, is_high

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
