"""y is True when more inputs so far were True than False; of a tie it is False."""

# PROVED against the task majority_0_1: equal for every legal input sequence up to its horizon of 10
#   ticks (21 joint states).
# So is the network that it was compiled from.
# Compiled by bonsaic 0.1.0 from a network; compile again rather than edit.
inputs = ("x",)
outputs = ("y",)
start = 0
horizon = 10


def step(lead, x):
    lead += 1 if x else -1
    return lead, lead > 0


def majority_0_1(inputs):
    """Yield the outputs of each tick, a bool, for an iterable of bools."""
    lead = start
    for x in inputs:
        lead, y = step(lead, x)
        yield y
