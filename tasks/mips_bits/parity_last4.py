"""y is the parity of the last 4 inputs; those before the first count as False."""

inputs = ("x",)
outputs = ("y",)
start = (False, False, False)


def step(past, x):
    return (*past[1:], x), (sum(past) + x) % 2 == 1
