"""y is True when a and b both are."""

inputs = ("a", "b")
outputs = ("y",)
start = None


def step(state, a, b):
    return state, a and b
