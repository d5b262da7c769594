"""Counts the ticks on which enable is True from 0 to 9 and round again; carry marks the return."""

inputs = ("enable",)
outputs = ("carry",)
start = 0


def step(count, enable):
    return (count + enable) % 10, count == 9 and enable
