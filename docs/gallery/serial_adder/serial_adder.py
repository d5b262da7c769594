"""y is the sum of the numbers a and b, which come bit by bit, the lowest first."""

# Written by bonsaic from a trained network; change the task and grow again rather than edit.
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
