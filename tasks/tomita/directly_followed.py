"""y is True when no odd run of 1s in the word so far is directly followed by an odd run of 0s.

This is what Tomita's third language is often said to be; tomita_3 is what others run under its
name. The two differ first at 100110.

The last run counts as far as it has come: 10 is not in the language, but 100 is, and so is 1001.
"""

inputs = ("x",)
outputs = ("y",)
start = "no odd ones"

FOLLOWING = {
    "no odd ones": ("no odd ones", "odd ones"),
    "odd ones": ("odd zeros after odd", "no odd ones"),
    "odd zeros after odd": ("even zeros after odd", "rejected"),
    "even zeros after odd": ("odd zeros after odd", "odd ones"),
    "rejected": ("rejected", "rejected"),
}


def step(run, x):
    run = FOLLOWING[run][x]
    return run, run not in ("odd zeros after odd", "rejected")
