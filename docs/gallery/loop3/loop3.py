"""y is False, False, True, over and over; there is no input."""

# PROVED against the task loop3: equal for every legal input sequence (3 joint states).
# So is the network that it was compiled from.
# Compiled by bonsaic 0.1.0 from a network; compile again rather than edit.
inputs = ()
outputs = ("y",)
start = 0
# tick goes one further on every tick, and after 2 comes 0 again.
# tick as s0 of the network: 0 is 0, 1 is 1, 2 is 2.


def step(tick):
    return (tick + 1) % 3, tick == 2


def loop3(inputs):
    """Yield the outputs of each tick, a bool, for an iterable of anything."""
    tick = start
    for _ in inputs:
        tick, y = step(tick)
        yield y
