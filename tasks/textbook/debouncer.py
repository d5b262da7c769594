"""y is the settled value of a bouncing switch: it changes once x has differed for three ticks."""

inputs = ("x",)
outputs = ("y",)
start = (False, 0)


def step(state, x):
    settled, differed = state
    if x == settled:
        return (settled, 0), settled
    if differed == 2:
        return (x, 0), x
    return (settled, differed + 1), settled
