"""y is True when the word so far is in a*b*; False is the letter a, True the letter b."""

inputs = ("x",)
outputs = ("y",)
start = "a"


def step(state, x):
    if state == "a":
        state = "b" if x else "a"
    elif state == "b" and not x:
        state = "rejected"
    return state, state != "rejected"
