"""y is True when every bracket so far is closed; True is ")", and at most 8 are open at a time."""

# PROVED against the task balanced_parens: equal for every legal input sequence (9 joint states).
# Of inputs that the task finds illegal nothing is said, and there is no `legal` to refuse them: one
#   state here stands for several of the task's, in which other inputs are legal.
# So is the network that it was compiled from.
# Compiled by bonsaic 0.1.0 from a network; compile again rather than edit.
inputs = ("x",)
outputs = ("y",)
start = 0
# s0 is one of 0 to 7.


def step(s0, x):
    y = x and s0 == 1
    return (s0 - 1) % 8 if x else (s0 + 1) % 8, y


def balanced_parens(inputs):
    """Yield the outputs of each tick, a bool, for an iterable of bools."""
    s0 = start
    for x in inputs:
        s0, y = step(s0, x)
        yield y
