"""A random machine of 128 states with 1 input and 1 output."""

from drawn import drawn

inputs = ("x0",)
outputs = ("y0",)
start = 0
step = drawn(128, 1, 1)
