"""Integers at the edge of a network: a port is a name whose values several bits stand for.

Networks, graphs and proofs deal in bits. A port says which bits make up an integer, and how, so
that tasks and emitted programs can take and yield integers. docs/integers.md shows the encodings.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

Bits = tuple[bool, ...]
Bools = npt.NDArray[np.bool_]
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
