"""y is True when every bracket so far is closed; True is ")", and at most 8 are open at a time."""

inputs = ("x",)
outputs = ("y",)
start = 0

DEEPEST = 8


def legal(depth, x):
    return depth > 0 if x else depth < DEEPEST


def step(depth, x):
    depth += -1 if x else 1
    return depth, depth == 0
