"""The user's mistakes: reported as one line, exit code 2."""

LONGEST = 60


class BonsaiError(Exception):
    """Something the user can mend; the message names the place, the fault and the mend."""


def shortened(text: str) -> str:
    """Return a text as part of one line: no line breaks, and no longer than LONGEST."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 3] + "..."


def shown(value: object) -> str:
    """Return a value's `repr`, shortened; or its type where it has no `repr` to give."""
    try:
        return shortened(repr(value))
    except Exception:
        return f"a {type(value).__name__}"
