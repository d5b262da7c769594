"""Names for other languages: a task's own where a language has room for them, in ASCII.

What a language keeps for itself gets an underscore; a letter beyond ASCII becomes its number.
"""

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

_KEPT = tomllib.loads((Path(__file__).parent / "keywords.toml").read_text(encoding="utf-8"))

C, RUST, JAVASCRIPT, VERILOG = (
    frozenset(_KEPT[language].split()) for language in ("c", "rust", "javascript", "verilog")
)


def ascii_name(text: str) -> str:
    """Return a name of letters, digits and underscores, as near to a text as can be."""
    name = "".join(
        sign if sign.isascii() else f"u{ord(sign):04x}" for sign in re.sub(r"\W", "_", text)
    )
    return name if re.match("[A-Za-z]", name) else f"n{name}"


class Names:
    """Hands out names of a language, each once; what is `kept` is the language's own.

    None of them begins as names with the prefix `apart` do, in letters of whatever case.
    """

    def __init__(self, kept: Iterable[str], apart: str = "") -> None:
        self._taken = set(kept)
        self._apart = f"{apart.lower()}_" if apart else ""

    def __call__(self, wished: str) -> str:
        """Return a name for something new: the one wished, or with underscores behind it."""
        name = ascii_name(wished)
        if self._apart and name.lower().startswith(self._apart):
            name = f"{'w' if self._apart.startswith('v') else 'v'}_{name}"
        while name in self._taken:
            name += "_"
        self._taken.add(name)
        return name
