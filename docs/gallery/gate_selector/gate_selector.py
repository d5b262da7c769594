"""y is XOR, AND, NOR or NAND of in1 and in2; change_mode first moves on to the next of the four."""

# PROVED against the task gate_selector: equal for every legal input sequence (4 joint states).
# So is the network that it was compiled from.
# Compiled by bonsaic 0.1.0 from a network; compile again rather than edit.
inputs = ("change_mode", "in1", "in2")
outputs = ("y",)
start = 0
# mode counts the ticks on which change_mode is True, and after 3 comes 0 again.
# mode as s0 s1 of the network: 0 is 0 0, 1 is 0 1, 2 is 1 0, 3 is 1 1.


def step(mode, change_mode, in1, in2):
    mode = (mode + change_mode) % 4
    return mode, (in1 != in2, in1 and in2, not (in1 or in2), not (in1 and in2))[mode]


def gate_selector(inputs):
    """Yield the outputs of each tick, a bool, for an iterable of tuples of bools."""
    mode = start
    for change_mode, in1, in2 in inputs:
        mode, y = step(mode, change_mode, in1, in2)
        yield y
