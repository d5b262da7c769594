"""s is the digit of a + b in base 4, lowest digits first; the last carry is dropped."""

inputs = {"a": range(4), "b": range(4)}
outputs = {"s": range(4)}
start = 0


def step(carry, a, b):
    total = a + b + carry
    return total // 4, total % 4
