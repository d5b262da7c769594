"""A random machine of 8 states with 1 input and 1 output."""

from drawn import drawn

inputs = ("x0",)
outputs = ("y0",)
start = 0
step = drawn(8, 1, 1)
