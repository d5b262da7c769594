"""The inputs come in words of four bits; y, at the last bit of each, is the parity of the word."""

inputs = ("x",)
outputs = ("y",)
start = (0, False)


def step(state, x):
    place, odd = state
    odd = odd != x
    if place == 3:
        return (0, False), odd
    return (place + 1, odd), None
