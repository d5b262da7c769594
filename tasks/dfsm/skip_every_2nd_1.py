"""y is x, but for every 2nd 1 so far, which is dropped."""

inputs = ("x",)
outputs = ("y",)
start = 0


def step(ones, x):
    dropped = x and ones == 1
    return (ones + x) % 2, x and not dropped
