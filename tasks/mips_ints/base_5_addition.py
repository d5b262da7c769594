"""s is the digit of a + b in base 5, lowest digits first; the last carry is dropped."""

inputs = {"a": range(5), "b": range(5)}
outputs = {"s": range(5)}
start = 0


def step(carry, a, b):
    total = a + b + carry
    return total // 5, total % 5
