"""Two one-bit registers, both 0 at first; y is the bit that each instruction writes.

opcode 0: register rx takes the immediate bit tx. opcode 1: register tx takes what rx holds.
"""

inputs = ("opcode", "rx", "tx")
outputs = ("y",)
start = (False, False)


def step(registers, opcode, rx, tx):
    target, value = (tx, registers[rx]) if opcode else (rx, tx)
    low, high = registers
    return ((low, value) if target else (value, high)), value
