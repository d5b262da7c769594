"""y is False, False, True, over and over; there is no input."""

inputs = ()
outputs = ("y",)
start = 0


def step(tick):
    return (tick + 1) % 3, tick == 2
