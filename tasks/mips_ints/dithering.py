"""y carries the brightness x over: True on each tick on which the sum passes a multiple of 15."""

inputs = {"x": range(16)}
outputs = ("y",)
start = 0


def step(rest, x):
    rest += x
    return rest % 15, rest >= 15
