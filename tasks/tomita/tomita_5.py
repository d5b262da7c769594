"""y is True when the word so far has an even number of 0s and an even number of 1s."""

inputs = ("x",)
outputs = ("y",)
start = (0, 0)


def step(odd, x):
    zeros, ones = odd
    odd = (zeros, 1 - ones) if x else (1 - zeros, ones)
    return odd, odd == (0, 0)
