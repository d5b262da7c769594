"""y is True on every 3rd 1 of x, and on no other tick."""

inputs = ("x",)
outputs = ("y",)
start = 0


def step(ones, x):
    return (ones + x) % 3, x and ones == 2
