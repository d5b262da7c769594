"""Two one-bit registers, both 0 at first; y is the bit that each instruction writes.

opcode 0: register rx takes the immediate bit tx. opcode 1: register tx takes what rx holds.
"""

# PROVED against the task mini_cpu: equal for every legal input sequence (4 joint states).
# So is the network that it was compiled from.
# Compiled by bonsaic 0.1.0 from a network; compile again rather than edit.
inputs = ("opcode", "rx", "tx")
outputs = ("y",)
start = (False, False)


def step(state, opcode, rx, tx):
    s0, s1 = state
    y = (rx and s0) != s1 if opcode else tx
    next_s0 = rx == tx and s0 if opcode else tx != (s1 != (not rx and s0))
    next_s1 = (s1 != (not tx and s0) if opcode else tx) if opcode == rx else s1
    return (next_s0, next_s1), y


def mini_cpu(inputs):
    """Yield the outputs of each tick, a bool, for an iterable of tuples of bools."""
    state = start
    for opcode, rx, tx in inputs:
        state, y = step(state, opcode, rx, tx)
        yield y
