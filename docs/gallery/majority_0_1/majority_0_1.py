"""y is True when more inputs so far were True than False; of a tie it is False."""

# PROVED against the task majority_0_1: equal for every legal input sequence up to its horizon of 10
#   ticks (37 joint states).
# So is the network that it was compiled from.
# Compiled by bonsaic 0.1.0 from a network; compile again rather than edit.
inputs = ("x",)
outputs = ("y",)
start = 5
horizon = 10
# s0 is one of 0 to 10.


def step(s0, x):
    y = s0 >= 5 if x else s0 >= 7
    return min(s0 + 1, 10) if x else (1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9)[s0], y


def majority_0_1(inputs):
    """Yield the outputs of each tick, a bool, for an iterable of bools."""
    s0 = start
    for x in inputs:
        s0, y = step(s0, x)
        yield y
