"""Messages between two processes: a head in JSON, then rows of bytes; nothing in them is code.

Needs nothing but the standard library, as all that runs beside a task's own code.
"""

import json
from struct import calcsize, pack, unpack
from typing import IO, Any, NamedTuple

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
