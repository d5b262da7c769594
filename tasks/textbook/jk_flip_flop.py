"""q is the stored bit before the clock edge: j sets it, k resets it, both together toggle it."""

inputs = ("j", "k")
outputs = ("q",)
start = False


def step(q, j, k):
    return (j if not q else not k), q
