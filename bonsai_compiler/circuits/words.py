"""Integers as bits: arithmetic on two's complement, as wide as the least and the greatest ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

from bonsai_compiler.circuits.circuit import FALSE, TRUE, Builder


@dataclass(frozen=True, slots=True)
class Word:
    """An integer from `low` to `high`, as literals, bit 0 first; the last is the sign if any."""

    bits: tuple[int, ...]
    low: int
    high: int

    def bit(self, place: int) -> int:
        """Return the literal of a bit, of the sign beyond the last."""
        if place < len(self.bits):
            return self.bits[place]
        return self.bits[-1] if self.low < 0 else FALSE


def width(low: int, high: int) -> int:
    """Return how many bits hold every integer from `low` to `high`, the sign among them if any."""
    if low >= 0:
        return high.bit_length()
    return 1 + max(high.bit_length() if high > 0 else 0, (-low - 1).bit_length())


def constant(value: int) -> Word:
    """Return a number as a word."""
    return Word(
        tuple(value >> place & 1 for place in range(width(value, value))), int(value), int(value)
    )


def narrowed(word: Word, low: int, high: int) -> Word:
    """Return a word whose values are known to lie between closer bounds."""
    low, high = max(low, word.low), min(high, word.high)
    return Word(tuple(map(word.bit, range(width(low, high)))), low, high)


def added(make: Builder, left: Word, right: Word) -> Word:
    """Return a sum."""
    low, high = left.low + right.low, left.high + right.high
    return _rippled(make, left, right, FALSE, FALSE, low, high)


def taken_away(make: Builder, left: Word, right: Word) -> Word:
    """Return a difference."""
    low, high = left.low - right.high, left.high - right.low
    return _rippled(make, left, right, TRUE, TRUE, low, high)


def _rippled(
    make: Builder, left: Word, right: Word, invert: int, carry: int, low: int, high: int
) -> Word:
    bits = []
    for place in range(width(low, high)):
        one, other = left.bit(place), right.bit(place) ^ invert
        half = make.differ(one, other)
        bits.append(make.differ(half, carry))
        carry = make.chosen(half, carry, one)
    return Word(tuple(bits), low, high)


def less(make: Builder, left: Word, right: Word) -> int:
    """Return the literal of `left < right`."""
    if left.high < right.low:
        return TRUE
    if left.low >= right.high:
        return FALSE
    return taken_away(make, left, right).bits[-1]


def equal(make: Builder, left: Word, right: Word) -> int:
    """Return the literal of `left == right`."""
    if left.high < right.low or right.high < left.low:
        return FALSE
    places = range(max(len(left.bits), len(right.bits)) + (left.low < 0 or right.low < 0))
    same = (make.differ(left.bit(place), right.bit(place)) ^ 1 for place in places)
    return reduce(make.both, same, TRUE)


def chosen(make: Builder, test: int, yes: Word, no: Word) -> Word:
    """Return `yes if test else no`."""
    low, high = min(yes.low, no.low), max(yes.high, no.high)
    places = range(width(low, high))
    return Word(
        tuple(make.chosen(test, yes.bit(place), no.bit(place)) for place in places), low, high
    )


def least(make: Builder, left: Word, right: Word) -> Word:
    """Return the lesser of two."""
    found = chosen(make, less(make, left, right), left, right)
    return narrowed(found, found.low, min(left.high, right.high))


def greatest(make: Builder, left: Word, right: Word) -> Word:
    """Return the greater of two."""
    found = chosen(make, less(make, left, right), right, left)
    return narrowed(found, max(left.low, right.low), found.high)


def remainder(make: Builder, word: Word, divisor: int) -> Word:
    """Return what is left of a division, from 0 to `divisor` - 1 whatever the sign."""
    if word.low >= 0 and word.high < divisor:
        return word
    if divisor & (divisor - 1) == 0:
        places = range(divisor.bit_length() - 1)
        return Word(tuple(map(word.bit, places)), 0, divisor - 1)
    if word.low < 0:
        word = added(make, word, constant(-(word.low // divisor) * divisor))
        word = narrowed(word, 0, word.high)
    step = divisor
    while step * 2 <= word.high:
        step *= 2
    while step >= divisor:
        if word.high >= step:
            rest = taken_away(make, word, constant(step))
            under = less(make, word, constant(step))
            word = narrowed(chosen(make, under, word, rest), 0, step - 1)
        step //= 2
    return word


def looked_up(make: Builder, entries: Sequence[Word], index: Word) -> Word:
    """Return the entry at a place that is within the table."""
    count = len(entries)
    if count == 1:
        return entries[0]
    place = (count - 1).bit_length() - 1
    half = 1 << place
    return chosen(
        make,
        index.bit(place),
        looked_up(make, entries[half:], index),
        looked_up(make, entries[:half], index),
    )
