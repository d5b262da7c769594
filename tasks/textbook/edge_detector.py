"""rises is True when x has just become True, falls when it has just become False."""

inputs = ("x",)
outputs = ("rises", "falls")
start = False


def step(before, x):
    return x, (x and not before, before and not x)
