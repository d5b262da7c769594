"""y is True while the word so far is in 1*: nothing but 1s."""

inputs = ("x",)
outputs = ("y",)
start = True


def step(ones, x):
    ones = ones and x
    return ones, ones
