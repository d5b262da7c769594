"""y is True when x is even."""

inputs = {"x": range(10)}
outputs = ("y",)
start = None


def step(_, x):
    return None, x % 2 == 0
