"""Names for emitted programs: whatever a task calls its things, the program must run."""

import builtins
import keyword
import re
from collections.abc import Iterable

RESERVED = frozenset(
    (
        "inputs",
        "outputs",
        "encoding",
        "start",
        "step",
        "horizon",
        "legal",
        "examples",
        "chance",
        "growth",
    )
)
"""Names that a task file gives a meaning to."""


def identifier(stem: str) -> str:
    """Return a Python identifier that is no keyword and as near to `stem` as can be."""
    name = re.sub(r"\W", "_", stem)
    if not name.isidentifier() or keyword.iskeyword(name):
        name = f"task_{name.lstrip('_')}"
    return name


def function_name(stem: str) -> str:
    """Return the name of the generator in the program of the task called `stem`."""
    name = identifier(stem)
    return f"{name}_" if name in RESERVED or hasattr(builtins, name) else name


class Fresh:
    """Hands out names, each once; a name already taken gets underscores."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = set(taken)

    def __call__(self, name: str) -> str:
        while name in self._taken or keyword.iskeyword(name):
            name += "_"
        self._taken.add(name)
        return name
