"""Spoil a text: cut, doubled, shuffled, with numbers and names that do not belong."""

import random
import re

STRANGE = (
    *("-1", "0", "1e308", "-1e999", "nan", "Infinity", "1e-400", "9" * 40, "0x10", "1_000", "0.5"),
    *("x", "s0", "True", "None", "null", "\u2028", "ﬁ", "é", "\x00", "\ufeff", "'", '"', "\\", "#"),
    *("(", ")", "[", "]", "{", "}", ",", ":", "=", "*", "+", "-", ".", "..", "near", "then", "in"),
    *("state", "graph", "port", "lambda: 0", "[]", "{}", '""', "__debug__", "print", "range(3)"),
    *("\n", "\t", "\r", " " * 50, "(" * 200, "[" * 2000, "not " * 300, "1+" * 500 + "1"),
)
TOKEN = re.compile(r"[^\W\d]\w*|\d+(?:\.\d+)?|\S")


def damaged(rng: random.Random, text: str) -> str:
    """Return the text with a few faults."""
    for _ in range(rng.choice((1, 1, 2, 4))):
        text = _once(rng, text)
    return text


def _once(rng: random.Random, text: str) -> str:
    lines, tokens = text.splitlines(keepends=True), list(TOKEN.finditer(text))
    if not lines or not tokens:
        return rng.choice(STRANGE)
    token, other = rng.choice(tokens), rng.choice(tokens)
    first, last = token.span()
    place = rng.randrange(len(lines))
    match rng.choice(("cut", "drop", "double", "swap", "token", "token", "strange", "strange")):
        case "cut":
            return text[: rng.randrange(len(text))]
        case "drop":
            return "".join(lines[:place] + lines[place + 1 :])
        case "double":
            return "".join(lines[: place + 1] + lines[place:])
        case "swap":
            rng.shuffle(lines)
            return "".join(lines)
        case "token":
            return text[:first] + other[0] + text[last:]
    return (
        text[:first] + rng.choice(STRANGE) + (text[last:] if rng.random() < 0.7 else text[first:])
    )
