"""y is True on each tick where x is, and for the two ticks after it."""

# PROVED against the task replace111: equal for every legal input sequence (3 joint states).
# So is the network that it was compiled from.
# Compiled by bonsaic 0.1.0 from a network; compile again rather than edit.
inputs = ("x",)
outputs = ("y",)
start = 0
# remaining goes down by one when x is False, and becomes 2 when x is True. It never goes below 0.
# remaining as s0 of the network: 0 is 2, 2 is 1, 1 is 0.


def step(remaining, x):
    return max(remaining - 1, 2 * x), x or remaining > 0


def replace111(inputs):
    """Yield the outputs of each tick, a bool, for an iterable of bools."""
    remaining = start
    for x in inputs:
        remaining, y = step(remaining, x)
        yield y
