"""s is the digit of a + b in base 3, lowest digits first; the last carry is dropped."""

inputs = {"a": range(3), "b": range(3)}
outputs = {"s": range(3)}
start = 0


def step(carry, a, b):
    total = a + b + carry
    return total // 3, total % 3
