"""The article's activation, from its words: a zigzag, or the smooth curve through its corners.

Both go through (-3, -1), (-1, 1), (1, -1) and (3, 1) and have the slope `leak` outside. The smooth
one is flat at the corners: quartics, each about the corner next to it, that meet half-way at 0.
"""

import math


def zigzag(x: float, leak: float) -> float:
    """Return the straight member's value."""
    if x <= -3:
        return -1 + leak * (x + 3)
    if x >= 3:
        return 1 + leak * (x - 3)
    if x <= -1:
        return x + 2
    return -x if x <= 1 else x - 2


def smooth(x: float, leak: float) -> float:
    """Return the smooth member's value."""
    if x <= -3:
        return -1 + leak * (x + 3)
    if x >= 3:
        return 1 + leak * (x - 3)
    for corner, height in ((-3, -1), (-1, 1), (1, -1), (3, 1)):
        if abs(x - corner) <= 1:
            return height * (1 - (x - corner) ** 4)
    return math.nan


def logistic(x: float) -> float:
    """Return 1 / (1 + exp(-x)), by the quotient in which nothing overflows."""
    small = math.exp(-abs(x))
    return (1.0 if x > 0 else small) / (1.0 + small)


PLAIN = {
    "linear": lambda x: x,
    "relu": lambda x: max(x, 0.0),
    "sigmoid": logistic,
    "step": lambda x: 1.0 if x > 0 else 0.0,
    "tanh": math.tanh,
}


def activated(kind: tuple[float, float] | str, x: float) -> float:
    """Return the value of an activation: one by its name, or (factor, leak) of the curve."""
    if isinstance(kind, str):
        return PLAIN[kind](x)
    factor, leak = kind
    return factor * zigzag(x, leak) + (1 - factor) * smooth(x, leak)
