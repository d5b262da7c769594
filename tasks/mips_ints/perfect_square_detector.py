"""y is True when x is the square of an integer."""

inputs = {"x": range(20)}
outputs = ("y",)
start = None


def step(_, x):
    return None, x in (0, 1, 4, 9, 16)
