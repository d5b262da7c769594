"""An elevator with floors 0 to 3 goes one floor a tick towards where it was last called.

call says that there is a call, from the floor that high and low write in binary.
"""

inputs = ("call", "high", "low")
outputs = ("up", "down")
start = (0, 0)


def step(state, call, high, low):
    floor, goal = state
    if call:
        goal = 2 * high + low
    up, down = floor < goal, floor > goal
    return (floor + up - down, goal), (up, down)
