"""y is False, False, True, over and over; there is no input."""

# PROVED against the task loop3: equal for every legal input sequence (3 joint states).
# So is the network that it was compiled from.
# Compiled by bonsaic 0.1.0 from a network; compile again rather than edit.
inputs = ()
outputs = ("y",)
start = 2
# s1 is one of 0 to 2.


def step(s1):
    r1 = (s1 - 1) % 3
    y = r1 == 2
    return r1, y


def loop3(inputs):
    """Yield the outputs of each tick, a bool, for an iterable of anything."""
    s1 = start
    for _ in inputs:
        s1, y = step(s1)
        yield y
