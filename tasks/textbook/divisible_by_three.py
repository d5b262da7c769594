"""y is True when the binary number read so far, highest bit first, is a multiple of three."""

inputs = ("x",)
outputs = ("y",)
start = 0


def step(remainder, x):
    remainder = (2 * remainder + x) % 3
    return remainder, remainder == 0
