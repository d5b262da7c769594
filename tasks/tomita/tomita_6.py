"""y is True when the number of 0s minus that of 1s so far is divisible by 3."""

inputs = ("x",)
outputs = ("y",)
start = 0


def step(difference, x):
    difference = (difference + (-1 if x else 1)) % 3
    return difference, difference == 0
