"""y is True when the word so far has an even number of 0s and an even number of 1s."""

# PROVED against the task tomita_5: equal for every legal input sequence (4 joint states).
# The network that it was compiled from is tested: equal on every legal sequence of 19 ticks and on
#   2048 long random ones; this is no proof.
# Compiled by bonsaic 0.1.0 from a network; compile again rather than edit.
inputs = ("x",)
outputs = ("y",)
start = (False, False)


def step(state, x):
    s0, s2 = state
    y = x != s2 and s0
    return (not s0, x == s2), y


def tomita_5(inputs):
    """Yield the outputs of each tick, a bool, for an iterable of bools."""
    state = start
    for x in inputs:
        state, y = step(state, x)
        yield y
