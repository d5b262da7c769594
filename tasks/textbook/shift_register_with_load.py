"""y is the high bit of a two-bit register, which then loads high and low, or shifts in False."""

inputs = ("load", "high", "low")
outputs = ("y",)
start = (False, False)


def step(register, load, high, low):
    first, second = register
    return ((high, low) if load else (second, False)), first
