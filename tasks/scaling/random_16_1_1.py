"""A random machine of 16 states with 1 input and 1 output."""

from drawn import drawn

inputs = ("x0",)
outputs = ("y0",)
start = 0
step = drawn(16, 1, 1)
