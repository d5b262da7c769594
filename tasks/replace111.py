"""y is True on each tick where x is, and for the two ticks after it."""

inputs = ("x",)
outputs = ("y",)
start = 0


def step(remaining, x):
    return (2, True) if x else (max(remaining - 1, 0), remaining > 0)
