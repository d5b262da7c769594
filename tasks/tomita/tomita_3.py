"""y is True when no odd run of 0s in the word so far comes, at any time, after an odd run of 1s.

The last run counts as far as it has come: 10 is not in the language, but 100 is, and so is 1001.
"""

inputs = ("x",)
outputs = ("y",)
start = "even ones"

FOLLOWING = {
    "even ones": ("even ones", "odd ones"),
    "odd ones": ("odd zeros", "even ones"),
    "odd zeros": ("even zeros", "rejected"),
    "even zeros": ("odd zeros", "even zeros"),
    "rejected": ("rejected", "rejected"),
}


def step(run, x):
    run = FOLLOWING[run][x]
    return run, run not in ("odd zeros", "rejected")
