"""Files of machines, read and written: KISS2, DOT, AT&T text, JFLAP, JSON and tables."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bonsai_compiler.errors import BonsaiError, shown
from bonsai_compiler.formats import att, dot, jff, kiss2, listing, tables
from bonsai_compiler.formats.automaton import Automaton


@dataclass(frozen=True, slots=True)
class Format:
    """A format of machines: how its text is read, and how it is written.

    `read` takes the text, and the name of the file for errors; it raises BonsaiError with the
    line. `write` raises BonsaiError for a machine that the format cannot hold.
    """

    suffixes: tuple[str, ...]
    read: Callable[[str, str], Automaton]
    write: Callable[[Automaton], str] | None


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "kiss2": Format((".kiss2", ".kiss"), kiss2.read, kiss2.write),
        "dot": Format((".dot", ".gv"), dot.read, None),
        "att": Format((".att",), att.read, att.write),
        "jff": Format((".jff",), jff.read, jff.write),
        "json": Format((), listing.read, None),
        "table": Format((), tables.read, None),
    }
)
"""The formats by name. What has no `write` here is written as a view of a machine is."""


def format_of(path: str) -> str | None:
    """Return the name of the format that a path's ending tells; None where it tells none."""
    lower = path.lower()
    names = (
        name for name, item in FORMATS.items() if item.suffixes and lower.endswith(item.suffixes)
    )
    return next(names, None)


def read_automaton(text: str, place: str, name: str) -> Automaton:
    """Return what a text in a format says; raises BonsaiError, with its line, for a fault."""
    if name not in FORMATS:
        raise BonsaiError(f"there is no format {shown(name)}; known are {', '.join(FORMATS)}")
    return FORMATS[name].read(text.removeprefix("\ufeff"), place)
