"""Four bits in a ring move on by one each tick, the last inverted on its way to be the first."""

inputs = ()
outputs = ("first", "last")
start = (False, False, False, False)


def step(ring):
    first, *_, last = ring
    return (not last, *ring[:-1]), (first, last)
