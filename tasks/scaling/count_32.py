"""A counter modulo 32; y is True when it wraps."""

inputs = ("enable",)
outputs = ("y",)
start = 0


def step(count, enable):
    following = (count + enable) % 32
    return following, enable and following == 0
