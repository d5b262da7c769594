"""y is True when the word so far is in (10)*."""

inputs = ("x",)
outputs = ("y",)
start = "whole"


def step(state, x):
    state = {("whole", True): "half", ("half", False): "whole"}.get((state, x))
    return state, state == "whole"
