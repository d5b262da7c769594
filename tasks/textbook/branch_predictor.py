"""y predicts whether a branch is taken, before that is known, from a saturating two-bit counter."""

inputs = ("taken",)
outputs = ("y",)
start = 0


def step(count, taken):
    following = min(count + 1, 3) if taken else max(count - 1, 0)
    return following, count >= 2
