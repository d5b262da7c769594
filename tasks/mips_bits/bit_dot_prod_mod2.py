"""y is the parity of the ticks so far on which a and b were both True."""

inputs = ("a", "b")
outputs = ("y",)
start = False


def step(parity, a, b):
    parity = parity != (a and b)
    return parity, parity
