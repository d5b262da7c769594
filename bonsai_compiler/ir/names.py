"""Names for emitted programs: whatever a task calls its things, the program must run."""

import builtins
import keyword
import os
import re
import sys
import unicodedata
from collections.abc import Iterable

from bonsai_compiler.errors import BonsaiError, shown

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

LONGEST_NAME = 200
"""Bytes of a result's name: most systems allow 255, and endings are put to it."""


def identifier(stem: str) -> str:
    """Return a Python identifier that is no keyword and as near to `stem` as can be.

    It is spelled as Python itself spells names (NFKC), so that a lookup by name finds it.
    """
    name = re.sub(r"\W", "_", unicodedata.normalize("NFKC", stem))
    if not name.isidentifier() or keyword.iskeyword(name):
        name = f"task_{name.lstrip('_')}"
    return name


def function_name(stem: str) -> str:
    """Return what a program calls a function for `stem`, such as its generator: no built-in."""
    name = identifier(stem)
    if name.startswith("__"):
        return (
            f"task{name}"  # Python, and what loads a program, have names like that for themselves.
        )
    return f"{name}_" if name in RESERVED or hasattr(builtins, name) else name


def is_special(name: str) -> bool:
    """Return whether Python may give a name a meaning of its own, as to `__debug__`."""
    # Two underscores at either end: with one more it is a name like any other.
    return re.fullmatch(r"__[^_]+(_[^_]+)*__", name) is not None


def expect_file_name(name: str, place: str = "") -> str:
    """Return a name that can be a file's and nothing else; raises BonsaiError for any other.

    A name that comes out of a file must not lead out of the folder that it belongs into, or be
    hidden there, or give a terminal orders. `place` says where it was read.
    """
    try:
        length = len(os.fsencode(name))
    except UnicodeEncodeError:
        length = 0
    fit = name.isprintable() and not name.startswith(".") and not set(name) & set("/\\")
    if not fit or not 0 < length <= LONGEST_NAME:
        raise BonsaiError(
            f"{f'{place}: ' if place else ''}{shown(name)} cannot be the name of a result; take "
            f"letters, digits, - and _ (at most {LONGEST_NAME} bytes), such as delay2"
        )
    return name


def expect_task_name(name: str) -> str:
    """Return a name that a new task's file can have; raises BonsaiError for any other."""
    if identifier(name) != name or not name.isascii():
        raise BonsaiError(f"{shown(name)} is no name for a task; take letters, digits and _")
    if name in sys.stdlib_module_names:
        raise BonsaiError(f"{shown(name)} is a module of Python's own; take another name")
    return expect_file_name(name)


class Fresh:
    """Hands out names, each once: as wished, or with underscores where that is taken or Python's.

    Names that are `wanted` by others are not given to anyone else.
    """

    def __init__(self, taken: Iterable[str], wanted: Iterable[str] = ()) -> None:
        self._taken = set(taken)
        self._wanted = set(wanted)

    def __call__(self, name: str) -> str:
        """Return a name for something new."""
        while self._is_taken(name) or name in self._wanted:
            name += "_"
        self._taken.add(name)
        return name

    def wanted(self, name: str) -> str:
        """Return a name for what wants this one: the name itself, unless it cannot be had."""
        if self._is_taken(name):
            return self(name)
        self._taken.add(name)
        return name

    def _is_taken(self, name: str) -> bool:
        return name in self._taken or keyword.iskeyword(name) or is_special(name)
