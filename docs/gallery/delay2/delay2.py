"""y is the input from two ticks ago; False before that."""

# PROVED against the task delay2: equal for every legal input sequence (4 joint states).
# So is the network that it was compiled from.
# Compiled by bonsaic 0.1.0 from a network; compile again rather than edit.
inputs = ("x",)
outputs = ("y",)
start = (False, False)
# older is what x was two ticks ago.
# newer is what x was on the tick before.
# older newer as s0 s1 of the network: 0 0 is 0 0, 0 1 is 0 1, 1 0 is 1 0, 1 1 is 1 1.


def step(state, x):
    older, newer = state
    return (newer, x), older


def delay2(inputs):
    """Yield the outputs of each tick, a bool, for an iterable of bools."""
    state = start
    for x in inputs:
        state, y = step(state, x)
        yield y
