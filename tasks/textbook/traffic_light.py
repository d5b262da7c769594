"""Lights where a farm road crosses a highway; a tick of amber, green for neither, ends each green.

The highway is green for at least three ticks, and until there is a car on the farm road. The farm
road is then green for at most three ticks, and until there is no car on it.
"""

inputs = ("car",)
outputs = ("highway_green", "farm_green")
start = 0


def step(phase, car):
    highway, farm = phase in (0, 1, 2), phase in (4, 5, 6)
    if phase == 2 and not car:
        following = 2
    elif farm and not car:
        following = 7
    else:
        following = (phase + 1) % 8
    return following, (highway, farm)
