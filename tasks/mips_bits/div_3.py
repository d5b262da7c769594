"""y is the quotient of a number divided by 3, bit by bit.

The number comes as x, the highest bit first, as in long division on paper.
"""

inputs = ("x",)
outputs = ("y",)
start = 0


def step(remainder, x):
    remainder = 2 * remainder + x
    return remainder % 3, remainder >= 3
