"""y is True when every bracket so far is closed; True is ")", and at most 8 are open at a time."""

# PROVED against the task balanced_parens: equal for every legal input sequence (9 joint states).
# Legal inputs are those that `legal` lets pass; of others nothing is said.
# So is the network that it was compiled from.
# Compiled by bonsaic 0.1.0 from a network; compile again rather than edit.
inputs = ("x",)
outputs = ("y",)
start = 0


def legal(depth, x):
    return depth > 0 if x else depth < 8


def step(depth, x):
    depth += -1 if x else 1
    return depth, depth == 0


def balanced_parens(inputs):
    """Yield the outputs of each tick, a bool, for an iterable of bools."""
    depth = start
    for x in inputs:
        depth, y = step(depth, x)
        yield y
