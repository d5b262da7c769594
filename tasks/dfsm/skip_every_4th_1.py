"""y is x, but for every 4th 1 so far, which is dropped."""

inputs = ("x",)
outputs = ("y",)
start = 0


def step(ones, x):
    dropped = x and ones == 3
    return (ones + x) % 4, x and not dropped
