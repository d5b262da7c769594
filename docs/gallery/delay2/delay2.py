"""y is the input from two ticks ago; False before that."""

# Written by bonsaic from a trained network; change the task and grow again rather than edit.
inputs = ("x",)
outputs = ("y",)
start = (False, False)


def step(state, x):
    s1, s2 = state
    return (x, s1), s2


def delay2(inputs):
    """Yield the outputs of each tick, a bool, for an iterable of bools."""
    state = start
    for x in inputs:
        state, y = step(state, x)
        yield y
