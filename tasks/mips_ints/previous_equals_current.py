"""y is True when x is what it was one tick ago; before the first tick it was 0."""

inputs = {"x": range(8)}
outputs = ("y",)
start = 0


def step(previous, x):
    return x, x == previous
