"""y is the greatest x so far."""

inputs = {"x": range(10)}
outputs = {"y": range(10)}
start = 0


def step(greatest, x):
    greatest = max(greatest, x)
    return greatest, greatest
