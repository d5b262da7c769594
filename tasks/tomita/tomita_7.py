"""y is True while the word so far is in 0*1*0*1*."""

inputs = ("x",)
outputs = ("y",)
start = 0


def step(run, x):
    if run < 4 and x != (run % 2 == 1):
        run += 1
    return run, run < 4
