"""y is XOR, AND, NOR or NAND of in1 and in2; change_mode first moves on to the next of the four."""

inputs = ("change_mode", "in1", "in2")
outputs = ("y",)
start = 0


def step(mode, change_mode, in1, in2):
    mode = (mode + change_mode) % 4
    xor, both, neither = in1 != in2, in1 and in2, not in1 and not in2
    return mode, (xor, both, neither, not both)[mode]
