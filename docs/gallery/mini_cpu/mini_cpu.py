"""Two one-bit registers, both 0 at first; y is the bit that each instruction writes.

opcode 0: register rx takes the immediate bit tx. opcode 1: register tx takes what rx holds.
"""

# PROVED against the task mini_cpu: equal for every legal input sequence (7 joint states).
# It is not the network that it was compiled from, which is wrong at tick 7.
# Compiled by bonsaic 0.1.0 from a network; compile again rather than edit.
inputs = ("opcode", "rx", "tx")
outputs = ("y",)
start = (False, False, True, True)


def step(state, opcode, rx, tx):
    s0, s1, s4, s5 = state
    y = not (s4 if rx and s0 or s1 else s5) if opcode else tx
    next_s0 = s1 == s5 or opcode == rx or opcode != tx
    next_s1 = opcode and rx and s0 and not (tx or s4)
    next_s4 = (
        not s0 or s4 if opcode == rx else not tx if s0 == s4 else opcode != s0 and (opcode or not
        tx)
    )
    next_s5 = opcode + rx + tx != 1 if tx == (s1 != s5) else not tx
    return (next_s0, next_s1, next_s4, next_s5), y


def mini_cpu(inputs):
    """Yield the outputs of each tick, a bool, for an iterable of tuples of bools."""
    state = start
    for opcode, rx, tx in inputs:
        state, y = step(state, opcode, rx, tx)
        yield y
