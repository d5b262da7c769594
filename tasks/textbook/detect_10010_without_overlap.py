"""y is True when 10010 has just come; each input belongs to one occurrence at most."""

inputs = ("x",)
outputs = ("y",)
start = ""

PATTERN = "10010"


def step(matched, x):
    matched += "1" if x else "0"
    if matched == PATTERN:
        return "", True
    while not PATTERN.startswith(matched):
        matched = matched[1:]
    return matched, False
