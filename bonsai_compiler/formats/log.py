"""Logs of traces: CSV with a row a tick, or JSON lines; each value with the line it stands on."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.formats.automaton import fault, in_order, lines_of, short

SUFFIXES = (".csv", ".jsonl", ".ndjson")

SEQUENCE = ("sequence", "seq", "trace", "episode", "run")
"""Names of a column that says which sequence a tick belongs to."""

TICK = "tick"
"""The name of a column that counts the ticks of a sequence from 1; `run --trace` writes it."""

TRUTHS = {"true": "1", "false": "0"}


@dataclass(frozen=True, slots=True)
class Tick:
    """The values of inputs and of outputs on one tick, as texts, and the line they stand on."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Log:
    """Sequences of ticks from the start of the same machine, under the names of the columns."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    sequences: tuple[tuple[Tick, ...], ...]


def is_log(path: str) -> bool:
    """Return whether a path's ending is that of a log of traces."""
    return path.lower().endswith(SUFFIXES)


def read_log(text: str, place: str, outputs: Sequence[str] | None = None) -> Log:
    """Return the sequences of a log; without `outputs` the last column is the output.

    Raises BonsaiError with the line of the first fault.
    """
    text = text.removeprefix("\ufeff")
    lines_of(text, place)
    if place.lower().endswith(SUFFIXES[1:]) or text.lstrip().startswith("{"):
        return _json_lines(text, place, outputs)
    return _csv(text, place, outputs)


def _csv(text: str, place: str, outputs: Sequence[str] | None) -> Log:
    reader = csv.reader(io.StringIO(text), strict=True)
    header: list[str] = []
    rows: list[tuple[Mapping[str, str], int, bool]] = []
    gap = True
    try:
        for cells in reader:
            line = reader.line_num
            if not any(cell.strip() for cell in cells):
                gap = True
            elif not header:
                header, gap = [cell.strip() for cell in cells], True
            elif len(cells) != len(header):
                said = f"{len(cells)} values stand here, and the first line names {len(header)}"
                raise fault(place, line, said)
            else:
                rows.append((dict(zip(header, map(str.strip, cells), strict=True)), line, gap))
                gap = False
    except csv.Error as error:
        raise fault(place, reader.line_num, f"not CSV: {error}") from None
    return _log(in_order(header), header, rows, place, outputs)


def _json_lines(text: str, place: str, outputs: Sequence[str] | None) -> Log:
    rows: list[tuple[Mapping[str, str], int, bool]] = []
    gap, whole = True, False
    for line, content in enumerate(text.splitlines(), 1):
        if not content.strip():
            gap = True
            continue
        try:
            told = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise fault(place, line, f"not JSON: {short(str(error))}") from None
        if not isinstance(told, dict):
            raise fault(place, line, 'a line is an object, such as {"x": 0, "y": 1}')
        if isinstance(told.get("inputs"), list) and isinstance(told.get("outputs"), list):
            rows += _whole(told["inputs"], told["outputs"], place, line)
            gap, whole = True, True
        else:
            cells = {str(name): _text(value, place, line) for name, value in told.items()}
            rows.append((cells, line, gap))
            gap = False
    names = in_order([name for cells, _, _ in rows for name in cells])
    for told_there, line, _ in rows:
        if len(told_there) != len(names):
            missing = next(name for name in names if name not in told_there)
            raise fault(place, line, f"there is no {short(missing)}, which other lines have")
    if whole and outputs is None:
        outputs = [name for name in names if name.startswith("y")]
    return _log(names, list(names), rows, place, outputs)


def _whole(
    inputs: Sequence[Any], outputs: Sequence[Any], place: str, line: int
) -> Iterable[tuple[Mapping[str, str], int, bool]]:
    """Return the rows of a line that is a whole sequence."""
    if len(inputs) != len(outputs):
        raise fault(place, line, f"{len(inputs)} inputs stand here, and {len(outputs)} outputs")
    rows = []
    for tick, pair in enumerate(zip(inputs, outputs, strict=True)):
        cells: dict[str, str] = {}
        for side, values in zip("xy", pair, strict=True):
            if not isinstance(values, list):
                cells[side] = _text(values, place, line)
                continue
            for number, value in enumerate(values):
                cells[f"{side}{number}"] = _text(value, place, line)
        rows.append((cells, line, tick == 0))
    return rows


def _text(value: object, place: str, line: int) -> str:
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, str | int):
        return str(value)
    raise fault(place, line, f"{short(repr(value))} is no bool, integer or word")


def _log(
    names: Sequence[str],
    header: Sequence[str],
    rows: Sequence[tuple[Mapping[str, str], int, bool]],
    place: str,
    outputs: Sequence[str] | None,
) -> Log:
    """Return the rows as sequences; each is its values, its line, and whether a gap is above."""
    if len(names) < len(header):
        twice = next(name for name in names if header.count(name) > 1)
        raise fault(place, 1, f"two columns are called {short(twice)}")
    ours = {name.lower(): name for name in names}
    order = next((ours[name] for name in SEQUENCE if name in ours), None)
    counted = ours.get(TICK)
    columns = [name for name in names if name not in (order, counted)]
    told = list(columns[-1:] if outputs is None else outputs)
    for name in told:
        if name not in columns:
            raise BonsaiError(
                f"{place}: there is no column {short(name)}; there are {', '.join(columns)}"
            )
    given = [name for name in columns if name not in told]
    if not told or not rows:
        raise fault(place, 1, "there is no tick; a row has the values of inputs and outputs")
    sequences: dict[str, list[Tick]] = {}
    current = ""
    for count, (cells, line, gap) in enumerate(rows):
        if order is not None:
            current = cells[order]
        elif gap or (counted is not None and cells[counted] == "1"):
            current = str(count)
        for name in columns:
            if not cells[name]:
                raise fault(place, line, f"{short(name)} has no value")
        values = [
            tuple(TRUTHS.get(cells[name].lower(), cells[name]) for name in side)
            for side in (given, told)
        ]
        sequences.setdefault(current, []).append(Tick(values[0], values[1], line))
    return Log(tuple(given), tuple(told), tuple(map(tuple, sequences.values())))
