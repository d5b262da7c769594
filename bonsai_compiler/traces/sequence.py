"""Sequences of inputs, as words that a user types."""

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from bonsai_compiler.errors import BonsaiError, shortened, shown
from bonsai_compiler.ir.ports import Bits, Port
from bonsai_compiler.ir.signals import Signals

MOST_TICKS = 1_000_000
"""How many ticks are run where nothing but their number is inputs; a trace of more fills memory."""


_WORD = re.compile(r'(?:[^\s"]|"[^"]*"?)+')
_COMMA = re.compile(r',(?=(?:[^"]*"[^"]*")*[^"]*$)')


def split_words(text: str) -> list[str]:
    """Return the words of a text, one a tick; in double quotes there may be spaces and commas."""
    return _WORD.findall(text)


def parse_sequence(words: Sequence[str], inputs: Signals, ticks: int | None) -> list[Bits]:
    """Return the bits of each tick from words such as 101, or 3,up where there are other values."""
    if not inputs.bits:
        if words or ticks is None:
            raise BonsaiError("there is no input to give; say how long to run with --ticks N")
        return _silence(ticks)
    if not words or ticks is not None:
        kind = f"{kinds(inputs)} with commas between" if inputs.ports else "a digit each"
        names = ", ".join(inputs.names)
        raise BonsaiError(f"give one word a tick, {kind} for {names}: -- {example(inputs)} ...")
    return [parse_word(word, inputs) for word in words]


def parse_word(word: str, inputs: Signals) -> Bits:
    """Return the bits of one tick; raises BonsaiError for what is no value for each input."""
    parts = _COMMA.split(word) if inputs.ports else [*word]
    if len(parts) != len(inputs.fields):
        digits = "digit" if len(inputs.fields) == 1 else "digits"
        kind = f"{kinds(inputs)} with commas between" if inputs.ports else f"{digits} of 0 or 1"
        names = ", ".join(inputs.names)
        raise BonsaiError(
            f"'{shortened(word)}' is no tick; it needs {len(inputs.fields)} {kind}, for {names}"
        )
    values: list[int | str] = []
    for part, field in zip(parts, inputs.fields, strict=True):
        if isinstance(field, Port) and field.labels:
            values.append(_unquoted(part))
        elif re.fullmatch(r"-?[0-9]{1,9}", part):
            values.append(int(part))
        else:
            raise _no_tick(word, part, field)
    return _encoded(word, values, inputs)


def _unquoted(part: str) -> str:
    try:
        text = json.loads(part) if part.startswith('"') else part
    except ValueError:
        return part
    return text if isinstance(text, str) else part


def kinds(inputs: Signals) -> str:
    """Return what the values of some inputs are called, where any of them are of ports."""
    worded = {bool(port.labels) for port in inputs.ports}
    return "values" if len(worded) > 1 else "words" if worded == {True} else "integers"


def example(inputs: Signals) -> str:
    """Return a word for the inputs: of each the greatest value."""
    greatest = (field.seen[-1] if isinstance(field, Port) else True for field in inputs.fields)
    return inputs.word(inputs.encoded(tuple(greatest)))


def as_sequence(sequence: str | int | Iterable[Any], inputs: Signals) -> list[Bits]:
    """Return the bits of each tick from words, from values or tuples of them, or a count of ticks.

    Raises BonsaiError for what is no sequence of at least one tick for these inputs.
    """
    if isinstance(sequence, int) and not inputs.bits:
        if sequence < 1:
            raise BonsaiError(f"{sequence} is no number of ticks; give 1 or more")
        return _silence(sequence)
    if not isinstance(sequence, Iterable):
        raise BonsaiError(f"{shown(sequence)} is no sequence of inputs; give words such as '1 0 1'")
    if not inputs.bits:
        raise BonsaiError("there is no input to give; say how many ticks to run")
    words = split_words(sequence) if isinstance(sequence, str) else sequence
    ticks = [_tick(word, inputs) for word in words]
    if not ticks:
        raise BonsaiError("the sequence is empty; give a word for each tick")
    return ticks


def _silence(ticks: int) -> list[Bits]:
    """Return so many ticks without inputs."""
    if ticks > MOST_TICKS:
        raise BonsaiError(f"{shown(ticks)} ticks are too many; at most {MOST_TICKS:,} are run")
    return [()] * ticks


def _tick(tick: Any, inputs: Signals) -> Bits:
    if isinstance(tick, str):
        whole = inputs.fields[0] if len(inputs.fields) == 1 else None
        is_label = isinstance(whole, Port) and tick in whole.labels
        return _encoded(tick, (tick,), inputs) if is_label else parse_word(tick, inputs)
    values = tuple(tick) if isinstance(tick, Iterable) else (tick,)
    if len(values) != len(inputs.fields):
        many, names = len(inputs.fields), ", ".join(inputs.names)
        kind = kinds(inputs) if inputs.ports else "bools"
        raise BonsaiError(f"{shown(tick)} is no tick; it needs {many} {kind}, for {names}")
    return _encoded(shown(tick), values, inputs)


def _encoded(tick: str, values: Sequence[Any], inputs: Signals) -> Bits:
    bits: list[bool] = []
    for value, field in zip(values, inputs.fields, strict=True):
        if isinstance(field, Port) and field.labels:
            if value not in field.labels:
                raise _no_tick(tick, value if isinstance(value, str) else shown(value), field)
            bits += field.encoded(value)
            continue
        allowed = field.values if isinstance(field, Port) else range(2)
        if not isinstance(value, int | np.integer | np.bool_) or value not in allowed:
            raise _no_tick(tick, shown(value), field)
        bits += field.encoded(int(value)) if isinstance(field, Port) else (bool(value),)
    return tuple(bits)


def _no_tick(tick: str, part: str, field: Port | str) -> BonsaiError:
    if isinstance(field, Port) and field.labels:
        known = shortened(", ".join(field.labels))
        said = f"{field.name} is one of {known}, not '{shortened(part)}'"
        return BonsaiError(f"'{shortened(tick)}' is no tick; {said}")
    name, values = (field.name, field.values) if isinstance(field, Port) else (field, range(2))
    return BonsaiError(
        f"'{shortened(tick)}' is no tick; {name} is from {values[0]} to {values[-1]}, "
        f"not '{shortened(part)}'"
    )
