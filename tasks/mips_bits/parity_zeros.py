"""y is True when the number of False inputs so far is odd."""

inputs = ("x",)
outputs = ("y",)
start = False


def step(odd, x):
    odd = odd == x
    return odd, odd
