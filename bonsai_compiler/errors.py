"""The user's mistakes: reported as one line, exit code 2."""

LONGEST = 60


class BonsaiError(Exception):
    """Something the user can mend; the message names the place, the fault and the mend."""


def printable(text: str) -> str:
    """Return a text as one line that no terminal takes for orders.

    What is neither a sign nor a space is escaped: line breaks, the beginnings of escape sequences,
    marks that turn the direction of writing, and halves of surrogate pairs.
    """
    if text.isprintable():
        return text
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in text
    )


class BonsaiWarning(UserWarning):
    """Something that the user should know, though it can be done; told like an error."""


def shortened(text: str) -> str:
    """Return a text as part of one line: printable, and no longer than LONGEST."""
    line = printable(" ".join(text.split()))
    return line if len(line) <= LONGEST else line[: LONGEST - 3] + "..."


def shown(value: object) -> str:
    """Return a value's `repr`, shortened; or its type where it has no `repr` to give."""
    try:
        return shortened(repr(value))
    except KeyboardInterrupt:
        raise
    except BaseException:
        # A `repr` that a task wrote may do anything, and leave too.
        return f"a {type(value).__name__}"
