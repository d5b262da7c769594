"""y is the sum of the numbers a and b, which come bit by bit, the lowest first."""

# PROVED against the task serial_adder: equal for every legal input sequence (2 joint states).
# The network that it was compiled from is tested: equal on every legal sequence of 10 ticks and on
#   2048 long random ones; this is no proof.
# Compiled by bonsaic 0.1.0 from a network; compile again rather than edit.
inputs = ("a", "b")
outputs = ("y",)
start = False


def step(s0, a, b):
    y = a != (b != s0)
    return a + b + s0 >= 2, y


def serial_adder(inputs):
    """Yield the outputs of each tick, a bool, for an iterable of tuples of bools."""
    s0 = start
    for a, b in inputs:
        s0, y = step(s0, a, b)
        yield y
