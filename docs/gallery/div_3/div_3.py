"""y is the quotient of a number divided by 3, bit by bit.

The number comes as x, the highest bit first, as in long division on paper.
"""

# PROVED against the task div_3: equal for every legal input sequence (3 joint states).
# So is the network that it was compiled from.
# Compiled by bonsaic 0.1.0 from a network; compile again rather than edit.
inputs = ("x",)
outputs = ("y",)
start = 0
# s0 is one of 0 to 2.


def step(s0, x):
    y = x + s0 >= 2
    return (x - s0) % 3, y


def div_3(inputs):
    """Yield the outputs of each tick, a bool, for an iterable of bools."""
    s0 = start
    for x in inputs:
        s0, y = step(s0, x)
        yield y
