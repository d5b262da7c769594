"""y is the input from one tick ago; False before that."""

inputs = ("x",)
outputs = ("y",)
start = False


def step(previous, x):
    return x, previous
