"""A counter modulo 32, up or down; y is True when it wraps."""

inputs = ("enable", "down")
outputs = ("y",)
start = 0


def step(count, enable, down):
    moved = count + (0 if not enable else -1 if down else 1)
    return moved % 32, not 0 <= moved < 32
