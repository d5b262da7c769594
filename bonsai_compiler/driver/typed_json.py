"""Values of JSON as the kinds that fields of dataclasses are annotated with, or refused."""

import math
from collections.abc import Mapping
from dataclasses import is_dataclass
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from bonsai_compiler.ir.signals import Value


def as_kind(kind: Any, told: Any) -> Any:
    """Return a value of JSON as the kind of value that a field is annotated with.

    Integers but those of `Value` are counts, and not negative; None stands last in a union. Raises
    TypeError where it does not fit, and LookupError or AttributeError for less than is asked.
    """
    origin, inner = get_origin(kind), get_args(kind)
    if kind == Value:
        fits = isinstance(told, kind)
    elif isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind)
        return kind(**{name: as_kind(hints[name], told[name]) for name in hints if name in told})
    elif origin is UnionType:
        return None if told is None else as_kind(inner[0], told)
    elif origin is tuple and isinstance(told, list):
        return tuple(as_kind(inner[0], item) for item in told)
    elif origin is Mapping and isinstance(told, dict):
        return {name: as_kind(inner[1], item) for name, item in told.items()}
    elif kind is float:
        if isinstance(told, bool | str):
            raise TypeError(told)
        return float(told)
    elif kind is int:
        fits = isinstance(told, int) and not isinstance(told, bool) and told >= 0
    else:
        fits = isinstance(told, kind)
    if not fits:
        raise TypeError(told)
    return told


def refuse(word: str) -> float:
    """Raise ValueError: NaN and infinity are no numbers of JSON."""
    raise ValueError(word)


def finite(word: str) -> float:
    """Return a number of JSON; raises ValueError where it is too large for a double."""
    value = float(word)
    return value if math.isfinite(value) else refuse(word)


def expect_printable(value: object) -> None:
    """Raise ValueError unless each text in a document is one line that gives no orders."""
    match value:
        case str() if not value.isprintable():
            raise ValueError(value)
        case dict():
            for pair in value.items():
                expect_printable(list(pair))
        case list():
            for item in value:
                expect_printable(item)
