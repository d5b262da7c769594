"""A random machine of 64 states with 2 inputs and 2 outputs."""

from drawn import drawn

inputs = ("x0", "x1")
outputs = ("y0", "y1")
start = 0
step = drawn(64, 2, 2)
