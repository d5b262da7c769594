"""What the tasks of tasks/mips_ints should say, from the published definitions, not from a step.

Source of the definitions: Michaud et al., "Opening the AI black box" (2024), the MIPS suite.
"""

from collections import Counter
from collections.abc import Sequence
from functools import partial
from math import isqrt

from oracles.histories import Oracle

Values = tuple[int, ...]


def digit(base: int, a: Values, b: Values) -> int:
    """The last digit of a + b so far, whose digits come lowest first."""
    places = [base**place for place in range(len(a))]
    total = sum((one + other) * place for one, other, place in zip(a, b, places, strict=True))
    return total // places[-1] % base


def addition(base: int, pairs: Sequence[tuple[int, int]]) -> list[int]:
    """The digits of a + b on every tick."""
    a, b = zip(*pairs, strict=True)
    return [digit(base, a[:ticks], b[:ticks]) for ticks in range(1, len(pairs) + 1)]


def most_frequent(x: Values) -> int:
    """The most frequent value so far; of several, the lowest."""
    counts = Counter(x)
    return min(value for value in counts if counts[value] == max(counts.values()))


SAID: dict[str, Oracle] = {
    **{f"base_{base}_addition": partial(digit, base) for base in range(3, 8)},
    **{f"add_mod_{number}": lambda x, number=number: sum(x) % number for number in range(3, 9)},
    "previous_equals_current": lambda x: x[-1] == (0, *x)[-2],
    "evens_detector": lambda x: x[-1] % 2 == 0,
    "perfect_square_detector": lambda x: isqrt(x[-1]) ** 2 == x[-1],
    "min_seen": min,
    "max_seen": max,
    "majority_0_2": most_frequent,
    "majority_0_3": most_frequent,
    "dithering": lambda x: sum(x) // 15 > sum(x[:-1]) // 15,
    "evens_counter": lambda x: sum(value % 2 == 0 for value in x),
}
