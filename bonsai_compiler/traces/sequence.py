"""Sequences of inputs, as words that a user types."""

from collections.abc import Sequence

from bonsai_compiler.errors import BonsaiError, shortened
from bonsai_compiler.task import Bits


def parse_sequence(words: Sequence[str], inputs: Sequence[str], ticks: int | None) -> list[Bits]:
    """Return the bits of each tick from words such as 101, one digit an input."""
    if not inputs:
        if words or ticks is None:
            raise BonsaiError("there is no input to give; say how long to run with --ticks N")
        return [()] * ticks
    if not words or ticks is not None:
        names = ", ".join(inputs)
        example = "1" * len(inputs)
        raise BonsaiError(f"give one word a tick, a digit each for {names}: -- {example} ...")
    return [parse_word(word, inputs) for word in words]


def parse_word(word: str, inputs: Sequence[str]) -> Bits:
    """Return the bits of one tick; raises BonsaiError for what is no word of so many digits."""
    if len(word) != len(inputs) or set(word) - {"0", "1"}:
        raise BonsaiError(
            f"'{shortened(word)}' is no tick; it needs {len(inputs)} digits of 0 or 1, "
            f"for {', '.join(inputs)}"
        )
    return tuple(digit == "1" for digit in word)
