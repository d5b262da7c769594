"""s is the digit of a + b in base 7, lowest digits first; the last carry is dropped."""

inputs = {"a": range(7), "b": range(7)}
outputs = {"s": range(7)}
start = 0


def step(carry, a, b):
    total = a + b + carry
    return total // 7, total % 7
