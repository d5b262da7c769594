"""y is True while the word so far has no 000 in it."""

inputs = ("x",)
outputs = ("y",)
start = 0


def step(zeros, x):
    if zeros < 3:
        zeros = 0 if x else zeros + 1
    return zeros, zeros < 3
