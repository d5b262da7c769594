"""s is the digit of a + b in base 6, lowest digits first; the last carry is dropped."""

inputs = {"a": range(6), "b": range(6)}
outputs = {"s": range(6)}
start = 0


def step(carry, a, b):
    total = a + b + carry
    return total // 6, total % 6
