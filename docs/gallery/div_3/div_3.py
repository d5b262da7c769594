"""y is the quotient of a number divided by 3, bit by bit.

The number comes as x, the highest bit first, as in long division on paper.
"""

# Written by bonsaic from a trained network; change the task and grow again rather than edit.
inputs = ("x",)
outputs = ("y",)
start = 2
# s0 is one of 0 to 2.


def step(s0, x):
    y = x - s0 >= 0
    return (1, 0, 2, 1)[x + s0], y


def div_3(inputs):
    """Yield the outputs of each tick, a bool, for an iterable of bools."""
    s0 = start
    for x in inputs:
        s0, y = step(s0, x)
        yield y
