"""y is the input from one tick ago; False before that."""

# PROVED against the task delay1: equal for every legal input sequence (2 joint states).
# So is the network that it was compiled from.
# Compiled by bonsaic 0.1.0 from a network; compile again rather than edit.
inputs = ("x",)
outputs = ("y",)
start = False
# previous is what x was on the tick before.
# previous as s0 of the network: 0 is 0, 1 is 1.


def step(previous, x):
    return x, previous


def delay1(inputs):
    """Yield the outputs of each tick, a bool, for an iterable of bools."""
    previous = start
    for x in inputs:
        previous, y = step(previous, x)
        yield y
