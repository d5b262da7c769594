"""Messages between two processes: a head in JSON, then rows of bytes; nothing in them is code.

Values go as plain data, and whoever reads that runs none of the code that made it. Numbers, texts,
tuples, lists, dicts, ranges and the type bool come back as they were; anything else comes back as
its `repr` alone. Needs nothing but the standard library, as all that runs beside a task's own code.
"""

import json
from struct import calcsize, pack, unpack
from typing import IO, Any, NamedTuple

from bonsai_compiler.errors import shown

LENGTH = "!Q"
MOST_BYTES = 1 << 31
"""A longer part is no message of ours."""


class Message(NamedTuple):
    """What is asked or answered: `head` as JSON can say it, and rows of bytes."""

    head: dict[str, Any]
    rows: tuple[bytes, ...] = ()


def send(pipe: IO[bytes], message: Message) -> None:
    """Write a message; raises OSError where nobody reads."""
    head = json.dumps({**message.head, "rows": len(message.rows)}).encode()
    pipe.write(b"".join(pack(LENGTH, len(part)) + part for part in (head, *message.rows)))
    pipe.flush()


def receive(pipe: IO[bytes]) -> Message:
    """Return the next message; raises EOFError at the end, and ValueError for no message."""
    head = json.loads(_part(pipe))
    if not isinstance(head, dict) or not isinstance(count := head.pop("rows", None), int):
        raise ValueError("no message")
    return Message(head, tuple(_part(pipe) for _ in range(count)))


def _part(pipe: IO[bytes]) -> bytes:
    (length,) = unpack(LENGTH, _read(pipe, calcsize(LENGTH)))
    if length > MOST_BYTES:
        raise ValueError("no message")
    return _read(pipe, length)


def _read(pipe: IO[bytes], length: int) -> bytes:
    data = pipe.read(length)
    if len(data) < length:
        raise EOFError
    return data


MOST_PARTS = 100_000
"""Values of more parts than this are told by their `repr`."""

SHOWN_AS = 100
"""As how many parts one that is told by its `repr` counts."""

DEEPEST = 50
"""Parts that stand deeper in parts than this are told by their `repr`."""

MOST_BITS = 4_096
"""Integers of more bits than this are told by their `repr`: Python writes no decimals of some."""


MOST_LETTERS = 1_000_000
"""Texts longer than this are told by their `repr`."""


class Opaque(NamedTuple):
    """A value of which only its `repr` is known, and whether it can be called."""

    text: str
    callable: bool = False

    def __repr__(self) -> str:
        return self.text


def encoded(value: object) -> Any:
    """Return a value in what JSON can say; `decoded` reads it."""
    return _encoded(value, [MOST_PARTS], DEEPEST)


def _encoded(value: Any, left: list[int], depth: int) -> Any:
    left[0] -= 1
    kind = type(value)
    if kind.__module__ == "numpy" and hasattr(value, "item") and getattr(value, "ndim", 1) == 0:
        value = value.item()
        kind = type(value)
    if value is None or kind is bool or kind is float:
        return value
    if kind is str and len(value) <= MOST_LETTERS:
        return value
    if kind is int and value.bit_length() <= MOST_BITS:
        return value
    if value is bool:
        return {"bool": True}
    if kind is range:
        ends = [value.start, value.stop, value.step]
        if max(end.bit_length() for end in ends) <= MOST_BITS:
            return {"range": ends}
    if left[0] > 0 and depth > 0:
        if kind is tuple or kind is list:
            return {kind.__name__: [_encoded(part, left, depth - 1) for part in value]}
        if kind is dict:
            return {
                "dict": [
                    [_encoded(part, left, depth - 1) for part in pair] for pair in value.items()
                ]
            }
    # What is shown has parts of its own, many times those that are counted here.
    left[0] -= SHOWN_AS
    return {"opaque": shown(value), "callable": callable(value)}


def decoded(data: Any) -> Any:
    """Return the value that `encoded` gave; raises ValueError for anything else."""
    if not isinstance(data, dict):
        if data is None or isinstance(data, bool | str | int | float):
            return data
        raise ValueError("no plain data")
    match data:
        case {"opaque": str(text), "callable": bool(called)}:
            return Opaque(text, called)
        case {"bool": True}:
            return bool
        case {"range": [int(start), int(stop), int(step)]}:
            return range(start, stop, step)
        case {"tuple": list(parts)}:
            return tuple(map(decoded, parts))
        case {"list": list(parts)}:
            return list(map(decoded, parts))
        case {"dict": list(pairs)}:
            return {_hashable(decoded(key)): decoded(value) for key, value in pairs}
    raise ValueError("no plain data")


def _hashable(key: Any) -> Any:
    try:
        hash(key)
    except TypeError:
        return Opaque(shown(key))
    return key
