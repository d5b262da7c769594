"""Sequences of inputs, as words that a user types."""

import re
from collections.abc import Sequence

from bonsai_compiler.errors import BonsaiError, shortened
from bonsai_compiler.ports import Bits, Port, Side


def parse_sequence(words: Sequence[str], given: Side, ticks: int | None) -> list[Bits]:
    """Return the bits of each tick from words such as 101, or 3,1 where there are integers."""
    if not given.bits:
        if words or ticks is None:
            raise BonsaiError("there is no input to give; say how long to run with --ticks N")
        return [()] * ticks
    if not words or ticks is not None:
        kind = "integers with commas between" if given.ports else "a digit each"
        names = ", ".join(given.names)
        raise BonsaiError(f"give one word a tick, {kind} for {names}: -- {example(given)} ...")
    return [parse_word(word, given) for word in words]


def parse_word(word: str, given: Side) -> Bits:
    """Return the bits of one tick; raises BonsaiError for what is no value for each input."""
    parts = word.split(",") if given.ports else [*word]
    if len(parts) != len(given.fields):
        kind = "integers with commas between" if given.ports else "digits of 0 or 1"
        names = ", ".join(given.names)
        raise BonsaiError(
            f"'{shortened(word)}' is no tick; it needs {len(given.fields)} {kind}, for {names}"
        )
    bits: list[bool] = []
    for part, field in zip(parts, given.fields, strict=True):
        values = field.values if isinstance(field, Port) else range(2)
        value = int(part) if re.fullmatch(r"-?[0-9]{1,9}", part) else values[0] - 1
        if value not in values:
            name = field.name if isinstance(field, Port) else field
            raise BonsaiError(
                f"'{shortened(word)}' is no tick; {name} is from {values[0]} to {values[-1]}, "
                f"not '{shortened(part)}'"
            )
        bits += field.encoded(value) if isinstance(field, Port) else (value == 1,)
    return tuple(bits)


def example(given: Side) -> str:
    """Return a word for the inputs: of each the greatest value."""
    return given.word(tuple(given.alphabet[-1].tolist()))
