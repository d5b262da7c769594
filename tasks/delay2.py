"""y is the input from two ticks ago; False before that."""

inputs = ("x",)
outputs = ("y",)
start = (False, False)


def step(state, x):
    older, newer = state
    return (newer, x), older
