"""What the tasks of tasks/mips_ints should say, from the published definitions, not from a step.

Each function takes the inputs of all ticks, integers or pairs of them, and returns the outputs.
Source of the definitions: Michaud et al., "Opening the AI black box" (2024), the MIPS suite.
"""

from collections import Counter
from functools import partial
from itertools import pairwise
from math import isqrt


def addition(base, pairs):
    """The digits of a + b, whose digits come lowest first."""
    first, second = (
        [
            sum(pair[side] * base**place for place, pair in enumerate(pairs[: tick + 1]))
            for tick in range(len(pairs))
        ]
        for side in (0, 1)
    )
    return [
        (one + other) // base**tick % base
        for tick, (one, other) in enumerate(zip(first, second, strict=True))
    ]


def sum_modulo(modulus, values):
    return [sum(values[: tick + 1]) % modulus for tick in range(len(values))]


def majority(values):
    """The most frequent value so far; of several, the lowest."""
    answers = []
    for tick in range(len(values)):
        counts = Counter(values[: tick + 1])
        answers.append(min(value for value in counts if counts[value] == max(counts.values())))
    return answers


def dithering(values):
    sums = [sum(values[:tick]) for tick in range(len(values) + 1)]
    return [after // 15 - before // 15 == 1 for before, after in pairwise(sums)]


def so_far(function, values):
    return [function(values[: tick + 1]) for tick in range(len(values))]


def each(function, values):
    return [function(value) for value in values]


DEFINITIONS = {
    **{f"base_{base}_addition": partial(addition, base) for base in range(3, 8)},
    **{f"add_mod_{modulus}": partial(sum_modulo, modulus) for modulus in range(3, 9)},
    "previous_equals_current": lambda values: [
        one == other for one, other in zip([0, *values], values, strict=False)
    ],
    "evens_detector": partial(each, lambda value: value % 2 == 0),
    "perfect_square_detector": partial(each, lambda value: isqrt(value) ** 2 == value),
    "min_seen": partial(so_far, min),
    "max_seen": partial(so_far, max),
    "majority_0_2": majority,
    "majority_0_3": majority,
    "dithering": dithering,
    "evens_counter": partial(so_far, lambda past: sum(value % 2 == 0 for value in past)),
}
"""What each task of the folder should say, by the task's name."""


def last_answer(definition):
    """Return the oracle that a definition makes: of the values of each input, the last answer."""

    def said(*inputs):
        return definition([*inputs[0]] if len(inputs) == 1 else [*zip(*inputs, strict=True)])[-1]

    return said


SAID = {name: last_answer(definition) for name, definition in DEFINITIONS.items()}
