"""y is the input from one tick ago; False before that."""

# Written by bonsaic from a trained network; change the task and grow again rather than edit.
inputs = ("x",)
outputs = ("y",)
start = False


def step(s0, x):
    return x, s0


def delay1(inputs):
    """Yield the outputs of each tick, a bool, for an iterable of bools."""
    s0 = start
    for x in inputs:
        s0, y = step(s0, x)
        yield y
