"""y is True on each tick where x is, and for the two ticks after it."""

# Written by bonsaic from a trained network; change the task and grow again rather than edit.
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
