"""y is True on each tick where x is, and for the two ticks after it."""

# PROVED against the task replace111: equal for every legal input sequence (3 joint states).
# So is the network that it was compiled from.
# Compiled by bonsaic 0.1.0 from a network; compile again rather than edit.
inputs = ("x",)
outputs = ("y",)
start = 2
# s0 is one of 0 to 2.


def step(s0, x):
    y = x + 2 != s0
    return min(1 if x else (2, 0, 3)[s0], 2), y


def replace111(inputs):
    """Yield the outputs of each tick, a bool, for an iterable of bools."""
    s0 = start
    for x in inputs:
        s0, y = step(s0, x)
        yield y
