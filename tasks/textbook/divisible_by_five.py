"""y is True when the binary number read so far, highest bit first, is a multiple of five."""

inputs = ("x",)
outputs = ("y",)
start = 0


def step(remainder, x):
    remainder = (2 * remainder + x) % 5
    return remainder, remainder == 0
