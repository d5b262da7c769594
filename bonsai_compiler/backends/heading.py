"""What an emitted file says of itself, in comments above its code."""

import textwrap
from collections.abc import Iterable

from bonsai_compiler import __version__
from bonsai_compiler.backends.program import WIDTH

NOT_JUDGED = (
    f"NOT JUDGED: written by bonsaic {__version__} from a graph; 'bonsaic check' says whether it "
    "does what a task wants.",
)
"""What is said of a graph as it stands, of which nobody knows whether it is right."""


def commented(sentences: Iterable[str]) -> list[str]:
    """Return sentences as comment lines, none longer than WIDTH; nothing can break out of them."""
    return [
        f"# {line}"
        for sentence in sentences
        for line in textwrap.wrap(
            _printable(sentence), WIDTH - 2, subsequent_indent="  ", break_on_hyphens=False
        )
    ]


def _printable(text: str) -> str:
    """Return a text on one line, in which anything that is no letter or sign is an escape."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in " ".join(text.split())
    )
