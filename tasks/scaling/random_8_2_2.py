"""A random machine of 8 states with 2 inputs and 2 outputs."""

from drawn import drawn

inputs = ("x0", "x1")
outputs = ("y0", "y1")
start = 0
step = drawn(8, 2, 2)
