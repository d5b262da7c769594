"""y is the opposite of x."""

inputs = ("x",)
outputs = ("y",)
start = None


def step(state, x):
    return state, not x
