"""Integers and words at the edge of a network: a port is a name whose values bits stand for.

Networks, graphs and proofs deal in bits. A port says which bits make up a value, and how, so that
tasks and emitted programs can take and yield integers, or words. docs/integers.md shows the
encodings.
"""

import json
import re
from collections.abc import Sequence
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

MOST_WORD = 200
"""The most signs of a word that is a value."""


def usual_encoding(labels: Sequence[str]) -> Encoding:
    """Return how values are encoded where the task does not say; `labels` are words, if they are.

    Words have no order. Two of them are one bit, and many are told apart by few bits.
    """
    if not labels:
        return DEFAULT
    return "one-hot" if 2 < len(labels) <= MOST_VALUES["one-hot"] else "binary"


def unfit_labels(labels: Sequence[object]) -> str:
    """Return why these cannot be the words of a port, as the end of a sentence; empty if they can.

    What no value has its bits shown as must be no word: see `Port.spelt`.
    """
    for label in labels:
        if not isinstance(label, str):
            return f"holds {label!r:.60}, which is no string"
        if not label or not label.isprintable() or len(label) > MOST_WORD:
            return f"holds {label[:60]!r}; a word is 1 to {MOST_WORD} printable signs"
        if label.startswith(NO_VALUE):
            return f"holds {label!r:.60}; no word may begin with {NO_VALUE!r}"
    if len(set(labels)) < len(labels):
        twice = next(label for label in labels if labels.count(label) > 1)
        return f"holds {twice!r:.60} twice"
    return ""


NO_VALUE = "bits "
"""What stands before the bits of a port of words where they mean none of them."""


@dataclass(frozen=True)
class Port:
    """An integer from `low` to `high`, two values at least, and the bits that stand for it.

    Where it has `labels`, a user sees one of these words instead, of which `low`, 0, is the first.

    Counted from `low`, the value n sets the bits of n in `binary`, of which the highest comes
    first; only the n-th bit if `one-hot`, the first being number 0; and the first n of them in a
    `thermometer`, the first being number 1.
    """

    name: str
    low: int
    high: int
    encoding: Encoding
    labels: tuple[str, ...] = ()

    def __str__(self) -> str:
        values = f"{self.low}..{self.high}"
        if self.labels:
            # In a line of text no comment begins within a word, and all spaces count.
            text = json.dumps(self.labels, ensure_ascii=False)
            values = re.sub("#|(?<= ) ", lambda sign: f"\\u{ord(sign[0]):04x}", text)
        return f"{self.name} in {values} {self.encoding}"

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

    @property
    def seen(self) -> Sequence[int | str]:
        """All values as a user sees them: words, or the integers."""
        return self.labels or self.values

    def encoded(self, value: int | str) -> Bits:
        """Return the bits of a value, a word where there are words; ValueError for any other."""
        if value not in self.seen:
            values = ", ".join(self.labels) or f"{self.low}..{self.high}"
            raise ValueError(f"{value} is not in {values}")
        return tuple(self.words[self.seen.index(value)].tolist())

    def decoded(self, bits: Bits) -> int | str | None:
        """Return the value that bits stand for as a user sees it, None if for none."""
        return self._decoding.get(tuple(bits))

    def spelt(self, bits: Sequence[bool | None]) -> str:
        """Return the digits of bits that stand for no value, as no value is written."""
        digits = "".join("01"[bool(bit)] for bit in bits)
        return NO_VALUE + digits if self.labels else digits

    def read(self, text: str) -> Bits:
        """Return the bits of a text: a word, or what `spelt` gave."""
        if text in self.labels:
            return self.encoded(text)
        return tuple(digit == "1" for digit in text.removeprefix(NO_VALUE))

    def steps(self, bits: Bools) -> npt.NDArray[np.int64]:
        """Return how far above `low` the values of bits (n, bits) are; -1 where they mean none."""
        equal = (bits[:, None, :] == self.words).all(axis=2)
        return np.where(equal.any(axis=1), equal.argmax(axis=1), -1)

    @cached_property
    def _decoding(self) -> dict[Bits, int | str]:
        return {
            tuple(word): value for word, value in zip(self.words.tolist(), self.seen, strict=True)
        }
