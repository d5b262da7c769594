"""y is False, True, over and over, whatever x is."""

inputs = ("x",)
outputs = ("y",)
start = False


def step(odd, x):
    return not odd, odd
