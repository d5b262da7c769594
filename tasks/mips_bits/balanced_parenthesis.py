"""y is True when every bracket so far is closed; True is ")".

Any word may come. Once it has closed a bracket that was never opened, y stays False.
"""

inputs = ("x",)
outputs = ("y",)
start = 0
horizon = 10


def step(depth, x):
    if depth is not None:
        depth = (depth - 1 if depth else None) if x else depth + 1
    return depth, depth == 0
