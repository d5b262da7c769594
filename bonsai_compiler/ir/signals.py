"""Signals: the inputs or the outputs as a user sees them, bools and the integers of ports."""

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from bonsai_compiler.ir.ports import Bools, Port

Value = bool | int | str | None
"""What stands at a name: a bool, an integer, a word, None, or bits that mean no value."""


@dataclass(frozen=True)
class Signals:
    """The inputs or the outputs of a system: bits in order, of which ports make up integers."""

    bits: tuple[str, ...]
    fields: tuple[Port | str, ...]
    """What a user sees, in the order of the bits: ports, and bits of no port."""

    @property
    def names(self) -> tuple[str, ...]:
        """What a user calls the fields."""
        return tuple(field.name if isinstance(field, Port) else field for field in self.fields)

    @property
    def ports(self) -> tuple[Port, ...]:
        """The ports among the fields."""
        return tuple(field for field in self.fields if isinstance(field, Port))

    @property
    def size(self) -> int:
        """How many letters there are: one for each choice of all values."""
        return math.prod(len(words) for words in self._words)

    @property
    def information(self) -> int:
        """How many bits the values of all fields need, each field by itself."""
        return sum((len(words) - 1).bit_length() for words in self._words)

    @cached_property
    def alphabet(self) -> Bools:
        """The bits of each letter, (letters, bits); the last field changes the fastest."""
        letters = np.zeros((1, 0), dtype=bool)
        for words in self._words:
            before = np.repeat(letters, len(words), axis=0)
            letters = np.concatenate([before, np.tile(words, (len(letters), 1))], axis=1)
        return letters

    def letter(self, bits: Bools) -> npt.NDArray[np.int64]:
        """Return the letters (n,) that bits (n, bits) are; each must be one."""
        numbers = np.zeros(len(bits), dtype=np.int64)
        for words, place in zip(self._words, self.places, strict=True):
            agreeing = np.where(bits[:, place], 1, -1) @ np.where(words, 1, -1).T
            numbers = numbers * len(words) + agreeing.argmax(axis=1)
        return numbers

    def values(self, bits: tuple[bool | None, ...]) -> tuple[Value, ...]:
        """Return the value of each field; of bits that mean no value their digits."""
        return tuple(
            _value(field, bits[place])
            for field, place in zip(self.fields, self.places, strict=True)
        )

    def encoded(self, values: Sequence[Any]) -> tuple[bool | None, ...]:
        """Return the bits of the values of all fields, as `values` gives them."""
        bits: list[bool | None] = []
        for field, value in zip(self.fields, values, strict=True):
            if not isinstance(field, Port):
                bits.append(None if value is None else bool(value))
            elif value is None:
                bits += [None] * len(field.numbers)
            elif isinstance(value, str):
                bits += field.read(value)
            else:
                bits += field.encoded(value)
        return tuple(bits)

    def word(self, bits: tuple[bool | None, ...], nothing: str = "-") -> str:
        """Return the values as one word: digits for bits alone, with commas where there are ports.

        `nothing` stands for None.
        """
        values = (nothing if value is None else _quoted(value) for value in self.values(bits))
        return ("," if self.ports else "").join(values)

    @cached_property
    def _words(self) -> tuple[Bools, ...]:
        either = np.array([[False], [True]])
        return tuple(field.words if isinstance(field, Port) else either for field in self.fields)

    @cached_property
    def places(self) -> tuple[slice, ...]:
        """The places of each field's bits."""
        ends = np.cumsum([0, *(words.shape[1] for words in self._words)]).tolist()
        return tuple(slice(first, last) for first, last in pairwise(ends))


@lru_cache(maxsize=256)
def signals_of(bits: tuple[str, ...], ports: tuple[Port, ...]) -> Signals:
    """Return the signals that these bits make up; ports of other bits are left out."""
    owners = {port.bits[0]: port for port in ports}
    fields: list[Port | str] = []
    place = 0
    while place < len(bits):
        port = owners.get(bits[place])
        if port is not None and bits[place : place + len(port.bits)] == port.bits:
            fields.append(port)
            place += len(port.bits)
        else:
            fields.append(bits[place])
            place += 1
    return Signals(bits, tuple(fields))


class Interface:
    """The inputs and outputs of a system: bits, of which `ports` make up integers."""

    __slots__ = ()

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    ports: tuple[Port, ...]

    @property
    def input_signals(self) -> Signals:
        """The inputs as a user sees them."""
        return signals_of(self.inputs, self.ports)

    @property
    def output_signals(self) -> Signals:
        """The outputs as a user sees them."""
        return signals_of(self.outputs, self.ports)


def digits(value: Value) -> str:
    """Return a value in digits: a bool as 0 or 1, nothing as `none`."""
    if value is None:
        return "none"
    return str(int(value)) if isinstance(value, bool) else str(value)


def in_quotes(text: str) -> str:
    """Return a text between double quotes, with none inside, as JSON reads it."""
    inner = json.dumps(text, ensure_ascii=False)[1:-1].replace('\\"', "\\u0022")
    return f'"{inner}"'


def _quoted(value: bool | int | str) -> str:
    """Return a value in digits, or a word: in quotes where it could be taken for several."""
    if isinstance(value, str) and re.search(r'[\s,;"]|^[-!]$', value):
        return in_quotes(value)
    return digits(value)


def _value(field: Port | str, bits: tuple[bool | None, ...]) -> Value:
    if not isinstance(field, Port):
        return bits[0]
    given = tuple(bool(bit) for bit in bits if bit is not None)
    if not given:
        return None
    value = field.decoded(given)
    return field.spelt(bits) if value is None else value
