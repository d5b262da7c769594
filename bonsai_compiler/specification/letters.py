"""What the words of a file mean as letters: bits, integers, or words, as the file or they tell."""

import re
from collections.abc import Sequence

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.formats.automaton import COMMA, in_order, short, unquoted
from bonsai_compiler.ir.names import identifier
from bonsai_compiler.ir.ports import MOST_VALUES, Port, unfit_labels, usual_encoding
from bonsai_compiler.ir.signals import Signals, in_quotes, signals_of
from bonsai_compiler.ir.text import parse_port

_NUMBER = re.compile(r"-?[0-9]{1,9}")


def field_of(values: Sequence[str], name: str, place: str) -> str | None:
    """Return the field, as text, that the values of a column look like; None for one word alone."""
    distinct = in_order(values)
    if set(distinct) <= {"0", "1"}:
        return name
    numbers = sorted(int(value) for value in distinct if _NUMBER.fullmatch(value))
    if len(numbers) == len(distinct) and numbers[-1] - numbers[0] < MOST_VALUES["thermometer"]:
        if len(numbers) == 1:
            return None
        return str(Port(name, numbers[0], numbers[-1], usual_encoding(())))
    return None if len(distinct) == 1 else str(_worded(distinct, name, place))


def word_of(values: Sequence[str], fields: Sequence[str]) -> str:
    """Return the values of fields as one word, as the files of an automaton have it."""
    if all(" in " not in item for item in fields):
        return "".join(values)
    return ",".join(
        in_quotes(value) if " in [" in item else value
        for value, item in zip(values, fields, strict=True)
    )


def signals_in(
    told: Sequence[str] | None, words: Sequence[str], name: str, place: str, *, free: bool
) -> Signals:
    """Return the fields that a file tells, or that its words look like."""
    if told is None:
        fields = _fields(in_order(words), name, place, free=free)
    else:
        fields = [parse_port(text, place) if " in " in text else text for text in told]
    names = [bit for item in fields for bit in (item.bits if isinstance(item, Port) else (item,))]
    for bit in names:
        if identifier(bit) != bit or names.count(bit) > 1:
            raise BonsaiError(f"{place}: {short(bit)} is no name for a bit, or stands twice")
    return signals_of(tuple(names), tuple(item for item in fields if isinstance(item, Port)))


def _fields(words: Sequence[str], name: str, place: str, *, free: bool) -> list[Port | str]:
    """Return what words look like: bits, integers without a gap, several values, or words.

    One word alone is nothing that could be told apart: there are no fields then. If `free`, a - is
    no value.
    """
    widths = {len(word) for word in words}
    if len(widths) == 1 and not set("".join(words)) - set("01-" if free else "01"):
        (width,) = widths
        return [name] if width == 1 else [f"{name}{bit}" for bit in range(width)]
    values = [word for word in words if not free or word != "-"]
    if len(values) < 2:
        return []
    parts = [COMMA.split(word) for word in words]
    if len({len(part) for part in parts}) == 1 and len(parts[0]) > 1:
        columns = [in_order(column) for column in zip(*parts, strict=True)]
        found = [
            _fields(column, f"{name}{number}", place, free=free)
            for number, column in enumerate(columns)
        ]
        if all(len(item) == 1 for item in found):
            return [item for (item,) in found]
    numbers = sorted(int(word) for word in values if _NUMBER.fullmatch(word))
    most = MOST_VALUES["thermometer"]
    if len(numbers) == len(values) and 2 <= len(numbers) == numbers[-1] - numbers[0] + 1 <= most:
        return [Port(name, numbers[0], numbers[-1], usual_encoding(()))]
    # In one order whatever the file's, so that two files of the same letters can be compared.
    return [_worded(tuple(map(unquoted, values)), name, place)]


def _worded(words: Sequence[str], name: str, place: str) -> Port:
    labels = tuple(sorted(words))
    fault = unfit_labels(labels)
    if fault:
        raise BonsaiError(f"{place}: of the letters one {fault}")
    encoding = usual_encoding(labels)
    if len(labels) > MOST_VALUES[encoding]:
        raise BonsaiError(
            f"{place}: {len(labels):,} values of {name} are too many; 256 are the most"
        )
    return Port(name, 0, len(labels) - 1, encoding, labels)
