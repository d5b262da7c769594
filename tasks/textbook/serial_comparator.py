"""a and b come lowest bit first; the outputs compare the two numbers as far as they have come."""

inputs = ("a", "b")
outputs = ("greater", "less")
start = (False, False)


def step(comparison, a, b):
    if a != b:
        comparison = (a, b)
    return comparison, comparison
