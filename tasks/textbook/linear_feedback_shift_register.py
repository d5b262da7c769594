"""y is the pseudo-random sequence of the polynomial x^4 + x + 1, which repeats after 15 ticks."""

inputs = ()
outputs = ("y",)
start = (True, False, False, False)


def step(register):
    first, second, *_ = register
    return (*register[1:], first != second), first
