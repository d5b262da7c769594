"""y is the sum of the numbers a and b, which come bit by bit, the lowest first."""

# PROVED against the task serial_adder: equal for every legal input sequence (2 joint states).
# So is the network that it was compiled from.
# Compiled by bonsaic 0.1.0 from a network; compile again rather than edit.
inputs = ("a", "b")
outputs = ("y",)
start = False


def step(s0, a, b):
    y = a != (b != s0)
    return (0, 1, 3, 2)[a + b + s0] >= 2, y


def serial_adder(inputs):
    """Yield the outputs of each tick, a bool, for an iterable of tuples of bools."""
    s0 = start
    for a, b in inputs:
        s0, y = step(s0, a, b)
        yield y
