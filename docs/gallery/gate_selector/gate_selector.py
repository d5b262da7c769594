"""y is XOR, AND, NOR or NAND of in1 and in2; change_mode first moves on to the next of the four."""

# PROVED against the task gate_selector: equal for every legal input sequence (4 joint states).
# So is the network that it was compiled from.
# Compiled by bonsaic 0.1.0 from a network; compile again rather than edit.
inputs = ("change_mode", "in1", "in2")
outputs = ("y",)
start = (False, False)


def step(state, change_mode, in1, in2):
    s0, s1 = state
    y = (
        (in1 + s0 + s1 == 1 if in1 == in2 else s0) if change_mode else in2 + s0 + (not s1) == 1 if
        in1 else s0 != (in2 and not s1)
    )
    return (s0 != (change_mode and s1), change_mode != s1), y


def gate_selector(inputs):
    """Yield the outputs of each tick, a bool, for an iterable of tuples of bools."""
    state = start
    for change_mode, in1, in2 in inputs:
        state, y = step(state, change_mode, in1, in2)
        yield y
