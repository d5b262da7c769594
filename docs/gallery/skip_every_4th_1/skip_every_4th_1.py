"""y is x, but for every 4th 1 so far, which is dropped."""

# Written by bonsaic from a trained network; change the task and grow again rather than edit.
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
