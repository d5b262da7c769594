"""The user's mistakes, raised with their text where they are found: one line, exit code 2."""

from itertools import islice

LONGEST = 60

MOST_SHOWN = 10_000
"""Of a value of more parts than this only the type is told: its `repr` may never end."""


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
    """Return a value's `repr`, shortened; or its type where that gives none, or a vast one."""
    kind = shortened(type(value).__name__)
    try:
        return f"a {kind} of many parts" if _is_vast(value) else shortened(repr(value))
    except KeyboardInterrupt:
        raise
    except BaseException:
        # A `repr` that a task wrote may do anything, and leave too.
        return f"a {kind}"


def _is_vast(value: object) -> bool:
    """Return whether a value has more than MOST_SHOWN parts, counted in each place."""
    left, count = [value], 0
    while left and count <= MOST_SHOWN:
        part = left.pop()
        count += 1
        if isinstance(part, tuple | list | set | frozenset):
            left += islice(part, MOST_SHOWN)
        elif isinstance(part, dict):
            left += islice(part.values(), MOST_SHOWN)
        else:
            left += getattr(part, "__dict__", {}).values() if not isinstance(part, type) else ()
    return count > MOST_SHOWN
