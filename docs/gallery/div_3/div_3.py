"""y is the quotient of a number divided by 3, bit by bit.

The number comes as x, the highest bit first, as in long division on paper.
"""

# PROVED against the task div_3: equal for every legal input sequence (3 joint states).
# So is the network that it was compiled from.
# Compiled by bonsaic 0.1.0 from a network; compile again rather than edit.
inputs = ("x",)
outputs = ("y",)
start = 0
# remainder is what is left when the number whose binary digits have come in as x, the highest
#   first, is divided by 3.
# remainder as s0 of the network: 0 is 0, 1 is 1, 2 is 2.


def step(remainder, x):
    return (2 * remainder + x) % 3, remainder + x > 1


def div_3(inputs):
    """Yield the outputs of each tick, a bool, for an iterable of bools."""
    remainder = start
    for x in inputs:
        remainder, y = step(remainder, x)
        yield y
