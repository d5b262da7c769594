"""y is True when the word so far has an even number of 0s and an even number of 1s."""

# PROVED against the task tomita_5: equal for every legal input sequence (4 joint states).
# So is the network that it was compiled from.
# Compiled by bonsaic 0.1.0 from a network; compile again rather than edit.
inputs = ("x",)
outputs = ("y",)
start = 0
# s0 is one of 0 to 3.


def step(s0, x):
    y = x + s0 == 2
    return (1, 0, 3, 2)[s0] if x else (s0 - 2) % 4, y


def tomita_5(inputs):
    """Yield the outputs of each tick, a bool, for an iterable of bools."""
    s0 = start
    for x in inputs:
        s0, y = step(s0, x)
        yield y
