"""y is True on each tick where x is, and for the two ticks after it."""

# PROVED against the task replace111: equal for every legal input sequence (3 joint states).
# The network that it was compiled from is tested: equal on every legal sequence of 19 ticks and on
#   2048 long random ones; this is no proof.
# Compiled by bonsaic 0.1.0 from a network; compile again rather than edit.
inputs = ("x",)
outputs = ("y",)
start = (False, False)


def step(state, x):
    s0, s1 = state
    y = s1 or x
    return (x, x or s0), y


def replace111(inputs):
    """Yield the outputs of each tick, a bool, for an iterable of bools."""
    state = start
    for x in inputs:
        state, y = step(state, x)
        yield y
