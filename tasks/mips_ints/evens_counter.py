"""y is how many x so far were even, for ten ticks."""

inputs = {"x": range(10)}
outputs = {"y": range(11)}
start = 0
horizon = 10


def step(count, x):
    count += x % 2 == 0
    return count, count
