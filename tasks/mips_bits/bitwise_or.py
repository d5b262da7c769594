"""y is True when a or b is, or both are."""

inputs = ("a", "b")
outputs = ("y",)
start = None


def step(state, a, b):
    return state, a or b
