"""Two one-bit registers, both 0 at first; y is the bit that each instruction writes.

opcode 0: register rx takes the immediate bit tx. opcode 1: register tx takes what rx holds.
"""

# PROVED against the task mini_cpu: equal for every legal input sequence (4 joint states).
# So is the network that it was compiled from.
# Compiled by bonsaic 0.1.0 from a network; compile again rather than edit.
inputs = ("opcode", "rx", "tx")
outputs = ("y",)
start = (False, False)
# low stays as it is when opcode and rx differ, else becomes tx when opcode is False, else stays as
#   it is when tx is True, else becomes high.
# high stays as it is when opcode and rx are equal, else becomes tx when opcode is False, else stays
#   as it is when tx is False, else becomes low.
# low high as s0 s1 of the network: 0 0 is 0 0, 1 0 is 1 1, 0 1 is 1 0, 1 1 is 0 1.


def step(registers, opcode, rx, tx):
    low, high = registers
    y = registers[rx] if opcode else tx
    if tx if opcode else rx:
        return (low, y), y
    return (y, high), y


def mini_cpu(inputs):
    """Yield the outputs of each tick, a bool, for an iterable of tuples of bools."""
    registers = start
    for opcode, rx, tx in inputs:
        registers, y = step(registers, opcode, rx, tx)
        yield y
