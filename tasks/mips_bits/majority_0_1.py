"""y is True when more inputs so far were True than False; of a tie it is False."""

inputs = ("x",)
outputs = ("y",)
start = 0
horizon = 10


def step(lead, x):
    lead += 1 if x else -1
    return lead, lead > 0
