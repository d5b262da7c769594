"""y is a decimal digit plus three; digits come and go as four bits, the lowest first."""

inputs = ("x",)
outputs = ("y",)
start = ()


def legal(bits, x):
    return sum(bit << place for place, bit in enumerate((*bits, x))) <= 9


def step(bits, x):
    bits = (*bits, x)
    excess = 3 + sum(bit << place for place, bit in enumerate(bits))
    y = bool(excess >> len(bits) - 1 & 1)
    return (bits if len(bits) < 4 else ()), y
