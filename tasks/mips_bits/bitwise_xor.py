"""y is True when exactly one of a and b is."""

inputs = ("a", "b")
outputs = ("y",)
start = None


def step(state, a, b):
    return state, a != b
