"""y is False, False, True, over and over; there is no input."""

# PROVED against the task loop3: equal for every legal input sequence (3 joint states).
# So is the network that it was compiled from.
# Compiled by bonsaic 0.1.0 from a network; compile again rather than edit.
inputs = ()
outputs = ("y",)
start = 0
# s0 is one of 0 to 2.


def step(s0):
    y = s0 == 2
    return (s0 + 1) % 3, y


def loop3(inputs):
    """Yield the outputs of each tick, a bool, for an iterable of anything."""
    s0 = start
    for _ in inputs:
        s0, y = step(s0)
        yield y
