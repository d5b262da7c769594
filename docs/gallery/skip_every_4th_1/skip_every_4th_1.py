"""y is x, but for every 4th 1 so far, which is dropped."""

# PROVED against the task skip_every_4th_1: equal for every legal input sequence (4 joint states).
# So is the network that it was compiled from.
# Compiled by bonsaic 0.1.0 from a network; compile again rather than edit.
inputs = ("x",)
outputs = ("y",)
start = 3
# s0 is one of 0 to 3.


def step(s0, x):
    y = x and s0 != 0
    return (s0 - x) % 4, y


def skip_every_4th_1(inputs):
    """Yield the outputs of each tick, a bool, for an iterable of bools."""
    s0 = start
    for x in inputs:
        s0, y = step(s0, x)
        yield y
