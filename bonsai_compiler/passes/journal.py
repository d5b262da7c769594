"""What passes have made of graphs so far, so that a compilation that was stopped can go on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.ir.text import dump

Key = tuple[str, str, str, bool]


@dataclass(frozen=True, slots=True)
class Entry:
    """What a pass made of one graph of neurons on the way of the network `owner`.

    `owner` and `before` are short names of graphs, `graph` is text. `held` is whether states
    were held to levels before, `settled` whether they are after; `last` ends a row of passes.
    """

    owner: str
    name: str
    before: str
    held: bool
    graph: str
    summary: str
    check: str
    seconds: float
    checks: int
    settled: bool
    last: bool

    @property
    def key(self) -> Key:
        """What the rest follows from."""
        return self.owner, self.name, self.before, self.held


class Journal:
    """Entries by what they follow from; `noted` is called after each new one."""

    def __init__(
        self, entries: Iterable[Entry] = (), noted: Callable[[], None] = lambda: None
    ) -> None:
        self._entries = {entry.key: entry for entry in entries}
        self._noted = noted

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All entries, in the order in which they were made."""
        return tuple(self._entries.values())

    def find(self, key: Key) -> Entry | None:
        """Return the entry that was made before, if there is one."""
        return self._entries.get(key)

    def note(self, entry: Entry) -> None:
        """Keep an entry."""
        self._entries[entry.key] = entry
        self._noted()

    def only(self, owners: Collection[str]) -> None:
        """Forget what was made of other networks than these."""
        self._entries = {key: entry for key, entry in self._entries.items() if key[0] in owners}


def short_name(graph: Graph) -> str:
    """Return a name that no two graphs share."""
    return hashlib.sha256(dump(graph).encode()).hexdigest()[:32]
