"""y is minus x in two's complement, lowest bit first: what follows the first True is inverted."""

inputs = ("x",)
outputs = ("y",)
start = False


def step(inverting, x):
    return inverting or x, x != inverting
