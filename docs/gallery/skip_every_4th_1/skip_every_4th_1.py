"""y is x, but for every 4th 1 so far, which is dropped."""

# PROVED against the task skip_every_4th_1: equal for every legal input sequence (4 joint states).
# The network that it was compiled from is tested: equal on every legal sequence of 19 ticks and on
#   2048 long random ones; this is no proof.
# Compiled by bonsaic 0.1.0 from a network; compile again rather than edit.
inputs = ("x",)
outputs = ("y",)
start = (False, False)


def step(state, x):
    s0, s1 = state
    y = x and not (s0 and s1)
    return (s0 != (x and s1), x != s1), y


def skip_every_4th_1(inputs):
    """Yield the outputs of each tick, a bool, for an iterable of bools."""
    state = start
    for x in inputs:
        state, y = step(state, x)
        yield y
