"""unlock is True when the last eight inputs were 01101110; hint, when x was the right next bit."""

inputs = ("x",)
outputs = ("unlock", "hint")
start = 0

CODE = (False, True, True, False, True, True, True, False)


def step(known, x):
    hint = x == CODE[known]
    tried = (*CODE[:known], x)
    known = max(n for n in range(len(CODE)) if tried[len(tried) - n :] == CODE[:n])
    return known, (hint and len(tried) == len(CODE), hint)
