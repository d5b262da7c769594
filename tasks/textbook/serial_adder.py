"""y is the sum of the numbers a and b, which come bit by bit, the lowest first."""

inputs = ("a", "b")
outputs = ("y",)
start = 0


def step(carry, a, b):
    total = a + b + carry
    return total // 2, total % 2 == 1
