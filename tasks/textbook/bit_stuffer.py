"""y is x, but after five True in a row comes one False; stuffed marks it, and x is ignored then."""

inputs = ("x",)
outputs = ("y", "stuffed")
start = 0


def step(run, x):
    if run == 5:
        return 0, (False, True)
    return (run + 1 if x else 0), (x, False)
