"""A random machine of 256 states with 1 input and 1 output."""

from drawn import drawn

inputs = ("x0",)
outputs = ("y0",)
start = 0
step = drawn(256, 1, 1)
