"""y is the input from one tick ago; False before that."""

# PROVED against the task delay1: equal for every legal input sequence (2 joint states).
# So is the network that it was compiled from.
# Compiled by bonsaic 0.1.0 from a network; compile again rather than edit.
inputs = ("x",)
outputs = ("y",)
start = False


def step(s0, x):
    return x, s0


def delay1(inputs):
    """Yield the outputs of each tick, a bool, for an iterable of bools."""
    s0 = start
    for x in inputs:
        s0, y = step(s0, x)
        yield y
