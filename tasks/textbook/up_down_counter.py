"""A four-bit counter; carry is True when it passes from 15 up to 0, borrow from 0 down to 15."""

inputs = ("up", "down")
outputs = ("carry", "borrow")
start = 0


def step(count, up, down):
    moved = count + up - down
    return moved % 16, (moved == 16, moved == -1)
