"""y is True when the last 3 inputs alternate; those before the first count as False."""

from itertools import pairwise

inputs = ("x",)
outputs = ("y",)
start = (False, False)


def step(past, x):
    last = (*past, x)
    return last[1:], all(one != other for one, other in pairwise(last))
