"""What a user sees at the edge of a thing: bools and small integers, and the bits behind them.

Written from docs/integers.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

Value = bool | int
Letter = tuple[Value, ...]


@dataclass(frozen=True)
class Field:
    """A name and its values: a bool, or the integers from `low` to `high` in an encoding."""

    name: str
    low: int = 0
    high: int = 1
    encoding: str = ""

    @property
    def values(self) -> tuple[Value, ...]:
        """All values, the least first."""
        return tuple(range(self.low, self.high + 1)) if self.encoding else (False, True)

    @property
    def bits(self) -> tuple[str, ...]:
        """The names of the bits."""
        if not self.encoding:
            return (self.name,)
        count = self.high - self.low + 1
        if self.encoding == "thermometer":
            numbers = list(range(1, count))
        elif self.encoding == "one-hot":
            numbers = list(range(count))
        else:
            numbers = [n for n in range(8) if 2**n < count][::-1]
        return tuple(f"{self.name}_{number}" for number in numbers)

    def encoded(self, value: Value) -> tuple[bool, ...]:
        """Return the bits of a value."""
        if not self.encoding:
            return (bool(value),)
        step = value - self.low
        numbers = [int(bit.rsplit("_", 1)[1]) for bit in self.bits]
        if self.encoding == "thermometer":
            return tuple(number <= step for number in numbers)
        if self.encoding == "one-hot":
            return tuple(number == step for number in numbers)
        return tuple(bool((step >> number) % 2) for number in numbers)

    def decoded(self, bits: Sequence[bool]) -> Value | None:
        """Return the value that bits stand for, None if they stand for none."""
        return next((value for value in self.values if self.encoded(value) == tuple(bits)), None)

    def spelled(self) -> str:
        """Return what a task file's dict gives the name."""
        return f"range({self.low}, {self.high + 1})" if self.encoding else "bool"


Fields = tuple[Field, ...]


def letters(fields: Fields) -> list[Letter]:
    """Return all choices of values."""
    return list(product(*(field.values for field in fields)))


def bits_of(fields: Fields, values: Sequence[Value]) -> tuple[bool, ...]:
    """Return the bits of all values in a row."""
    return tuple(
        bit for field, value in zip(fields, values, strict=True) for bit in field.encoded(value)
    )


def values_of(fields: Fields, bits: Sequence[bool]) -> tuple[Value | None, ...]:
    """Return the values that bits in a row stand for."""
    rest, values = list(bits), []
    for field in fields:
        count = len(field.bits)
        values.append(field.decoded(rest[:count]))
        rest = rest[count:]
    return tuple(values)


def lines(inputs: Fields, outputs: Fields) -> list[str]:
    """Return the lines of a task file that say what it takes and tells."""
    text = []
    for what, fields in (("inputs", inputs), ("outputs", outputs)):
        if any(field.encoding for field in fields):
            items = ", ".join(f'"{field.name}": {field.spelled()}' for field in fields)
            text.append(f"{what} = {{{items}}}")
        else:
            text.append(f"{what} = ({''.join(repr(field.name) + ', ' for field in fields)})")
    others = {f.name: f.encoding for f in inputs + outputs if f.encoding not in ("", "thermometer")}
    return [*text, f"encoding = {others}"] if others else text


def word(fields: Fields, values: Sequence[Value]) -> str:
    """Return the values as `bonsaic run` takes them."""
    digits = [str(int(value)) for value in values]
    return ("," if any(field.encoding for field in fields) else "").join(digits)
