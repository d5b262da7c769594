"""y is x, but for every 4th 1 so far, which is dropped."""

# PROVED against the task skip_every_4th_1: equal for every legal input sequence (4 joint states).
# So is the network that it was compiled from.
# Compiled by bonsaic 0.1.0 from a network; compile again rather than edit.
inputs = ("x",)
outputs = ("y",)
start = 0
# ones counts the ticks on which x is True, and after 3 comes 0 again.
# ones as s0 of the network: 0 is 3, 1 is 2, 2 is 1, 3 is 0.


def step(ones, x):
    return (ones + x) % 4, x and ones < 3


def skip_every_4th_1(inputs):
    """Yield the outputs of each tick, a bool, for an iterable of bools."""
    ones = start
    for x in inputs:
        ones, y = step(ones, x)
        yield y
