"""y is x, but for every 3rd 1 so far, which is dropped."""

inputs = ("x",)
outputs = ("y",)
start = 0


def step(ones, x):
    dropped = x and ones == 2
    return (ones + x) % 3, x and not dropped
