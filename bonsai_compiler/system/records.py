"""Dataclasses as JSON and arrays, and back, each value of the type that its field says."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import numpy as np

from bonsai_compiler.system.arrays import dump_arrays, load_arrays

Record = TypeVar("Record")

TEXT = "text"
"""The part of a file that is no array; these are numbered."""

hints_of = cache(get_type_hints)


def expect(kind: Any, value: Any) -> Any:
    """Return a value of a kind; raises TypeError for another, ValueError for a number below 0.

    A whole number does for a float.
    """
    plain = isinstance(value, float | int if kind is float else kind)
    if not plain or (isinstance(value, bool) and kind is not bool):
        raise TypeError("of another kind")
    if isinstance(value, int) and value < 0:
        raise ValueError("less than nothing")
    return value


def records(kind: type[Record], values: Iterable[Mapping[str, Any]]) -> tuple[Record, ...]:
    """Return dataclasses of a kind, from what `asdict` made of them."""
    return tuple(_together(kind, value, {}, {}) for value in values)


def dump_record(record: Any, texts: Mapping[type, Callable[[Any], str]]) -> bytes:
    """Return a dataclass as the bytes of a .npz file; some types in it have `texts` for them."""
    arrays: dict[str, Any] = {}
    text = json.dumps(_apart(record, arrays, texts))
    return dump_arrays({**arrays, TEXT: text})


def load_record(
    kind: type[Record], data: bytes, texts: Mapping[type, Callable[[str], Any]]
) -> Record:
    """Return what `dump_record` wrote; raises one of `arrays.DAMAGE` for anything else.

    Arrays are of the type of number that their field says, but of any shape; what may be None says
    so last.
    """
    arrays = load_arrays(data)
    found: Record = _together(kind, json.loads(str(arrays.pop(TEXT))), arrays, texts)
    return found


def _apart(value: Any, arrays: dict[str, Any], texts: Mapping[type, Callable[[Any], str]]) -> Any:
    if type(value) in texts:
        return texts[type(value)](value)
    if isinstance(value, np.ndarray):
        arrays[str(len(arrays))] = value
        return str(len(arrays) - 1)
    if isinstance(value, tuple):
        return [_apart(part, arrays, texts) for part in value]
    if is_dataclass(value):
        names = (field.name for field in fields(value))
        return {name: _apart(getattr(value, name), arrays, texts) for name in names}
    return value


def _together(
    kind: Any, given: Any, arrays: Mapping[str, Any], texts: Mapping[type, Callable[[str], Any]]
) -> Any:
    origin, parts = get_origin(kind), get_args(kind)
    if kind in texts:
        return texts[kind](expect(str, given))
    if origin is np.ndarray:
        array = arrays[expect(str, given)]
        if array.dtype != get_args(parts[1])[0]:
            raise TypeError("of other numbers")
        return array
    if origin is UnionType:
        return None if given is None else _together(parts[0], given, arrays, texts)
    if origin is tuple:
        return tuple(_together(parts[0], part, arrays, texts) for part in expect(list, given))
    if is_dataclass(kind):
        made: Any = kind
        hints = hints_of(made)
        if set(expect(dict, given)) != set(hints):
            raise ValueError("other fields")
        own = {name: _together(hints[name], given[name], arrays, texts) for name in hints}
        return made(**own)
    return expect(kind, given)
