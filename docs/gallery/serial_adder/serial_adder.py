"""y is the sum of the numbers a and b, which come bit by bit, the lowest first."""

# PROVED against the task serial_adder: equal for every legal input sequence (2 joint states).
# So is the network that it was compiled from.
# Compiled by bonsaic 0.1.0 from a network; compile again rather than edit.
inputs = ("a", "b")
outputs = ("y",)
start = 0
# carry becomes True when at least two of carry, a and b are True, and else False.
# carry as s0 of the network: 0 is 0, 1 is 1.


def step(carry, a, b):
    carry += a + b
    return carry // 2, carry % 2 == 1


def serial_adder(inputs):
    """Yield the outputs of each tick, a bool, for an iterable of tuples of bools."""
    carry = start
    for a, b in inputs:
        carry, y = step(carry, a, b)
        yield y
