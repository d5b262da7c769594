"""Integers at the edge of a network: a port is a name whose values several bits stand for.

Networks, graphs and proofs deal in bits. A port says which bits make up an integer, and how, so
that tasks and emitted programs can take and yield integers. docs/integers.md shows the encodings.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

Bits = tuple[bool, ...]
Bools = npt.NDArray[np.bool_]
Value = bool | int | str | None
"""What stands at a name: a bool, an integer, None for nothing, or bits that mean no value."""

Encoding = Literal["binary", "one-hot", "thermometer"]
ENCODINGS: tuple[Encoding, ...] = get_args(Encoding)
MOST_VALUES: dict[Encoding, int] = {"binary": 256, "one-hot": 64, "thermometer": 64}
"""The most values of a port: no network of a useful size is grown for more."""

DEFAULT: Encoding = "thermometer"
"""How integers are encoded where the task does not say; docs/integers.md has what was measured."""


@dataclass(frozen=True)
class Port:
    """An integer from `low` to `high`, two values at least, and the bits that stand for it.

    Counted from `low`, the value n sets the bits of n in `binary`, of which the highest comes
    first; only the n-th bit if `one-hot`, the first being number 0; and the first n of them in a
    `thermometer`, the first being number 1.
    """

    name: str
    low: int
    high: int
    encoding: Encoding

    def __str__(self) -> str:
        return f"{self.name} in {self.low}..{self.high} {self.encoding}"

    @property
    def values(self) -> range:
        """All values."""
        return range(self.low, self.high + 1)

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of the bits, in order."""
        count = len(self.values)
        match self.encoding:
            case "binary":
                return tuple(reversed(range((count - 1).bit_length())))
            case "one-hot":
                return tuple(range(count))
            case "thermometer":
                return tuple(range(1, count))

    @property
    def bits(self) -> tuple[str, ...]:
        """The names of the bits."""
        return tuple(f"{self.name}_{number}" for number in self.numbers)

    @cached_property
    def words(self) -> Bools:
        """The bits of each value, (values, bits)."""
        steps, numbers = np.arange(len(self.values))[:, None], np.array(self.numbers)
        match self.encoding:
            case "binary":
                return np.asarray(steps >> numbers & 1, dtype=bool)
            case "one-hot":
                return np.asarray(steps == numbers)
            case "thermometer":
                return np.asarray(steps >= numbers)

    def encoded(self, value: int) -> Bits:
        """Return the bits of a value; raises ValueError for any other."""
        if value not in self.values:
            raise ValueError(f"{value} is not in {self.low}..{self.high}")
        return tuple(self.words[value - self.low].tolist())

    def decoded(self, bits: Bits) -> int | None:
        """Return the value that bits stand for, None if for none."""
        return self._decoding.get(tuple(bits))

    def steps(self, bits: Bools) -> npt.NDArray[np.int64]:
        """Return how far above `low` the values of bits (n, bits) are; -1 where they mean none."""
        equal = (bits[:, None, :] == self.words).all(axis=2)
        return np.where(equal.any(axis=1), equal.argmax(axis=1), -1)

    @cached_property
    def _decoding(self) -> dict[Bits, int]:
        return {self.encoded(value): value for value in self.values}


@dataclass(frozen=True)
class Side:
    """The inputs or the outputs of something: bits in order, of which ports make up integers."""

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
        for words, place in zip(self._words, self._places, strict=True):
            agreeing = np.where(bits[:, place], 1, -1) @ np.where(words, 1, -1).T
            numbers = numbers * len(words) + agreeing.argmax(axis=1)
        return numbers

    def values(self, bits: tuple[bool | None, ...]) -> tuple[Value, ...]:
        """Return the value of each field; of bits that mean no value their digits."""
        return tuple(
            _value(field, bits[place])
            for field, place in zip(self.fields, self._places, strict=True)
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
                bits += [digit == "1" for digit in value]
            else:
                bits += field.encoded(value)
        return tuple(bits)

    def word(self, bits: tuple[bool | None, ...], nothing: str = "-") -> str:
        """Return the values as one word: digits for bits alone, with commas where there are ports.

        `nothing` stands for None.
        """
        values = (nothing if value is None else digits(value) for value in self.values(bits))
        return ("," if self.ports else "").join(values)

    @cached_property
    def _words(self) -> tuple[Bools, ...]:
        either = np.array([[False], [True]])
        return tuple(field.words if isinstance(field, Port) else either for field in self.fields)

    @cached_property
    def _places(self) -> tuple[slice, ...]:
        ends = np.cumsum([0, *(words.shape[1] for words in self._words)]).tolist()
        return tuple(slice(first, last) for first, last in pairwise(ends))


@lru_cache(maxsize=256)
def side(bits: tuple[str, ...], ports: tuple[Port, ...]) -> Side:
    """Return the side that these bits are; ports of other bits are none of its."""
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
    return Side(bits, tuple(fields))


class Sided:
    """What takes and tells bits of which `ports` make up integers."""

    __slots__ = ()

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    ports: tuple[Port, ...]

    @property
    def given(self) -> Side:
        """The inputs as a user sees them."""
        return side(self.inputs, self.ports)

    @property
    def told(self) -> Side:
        """The outputs as a user sees them."""
        return side(self.outputs, self.ports)


def digits(value: Value) -> str:
    """Return a value in digits: a bool as 0 or 1, nothing as `none`."""
    if value is None:
        return "none"
    return str(int(value)) if isinstance(value, bool) else str(value)


def _value(field: Port | str, bits: tuple[bool | None, ...]) -> Value:
    if not isinstance(field, Port):
        return bits[0]
    given = tuple(bool(bit) for bit in bits if bit is not None)
    if not given:
        return None
    value = field.decoded(given)
    return "".join(digits(bit) for bit in bits) if value is None else value
