"""y is True when the last four inputs were 1011; occurrences may overlap."""

inputs = ("x",)
outputs = ("y",)
start = ""


def step(recent, x):
    recent += "1" if x else "0"
    return recent[-3:], recent == "1011"
