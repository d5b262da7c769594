"""A program that was found, before it has a header: its names, first values and lines."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from bonsai_compiler.reading.codes import Code
from bonsai_compiler.reading.size import reading_size


class Naming(Protocol):
    """What a program calls things."""

    memory: str

    def of(self, name: str) -> str:
        """Return what it calls a state."""

    def seen(self, name: str) -> str:
        """Return what it calls an input or output."""

    @property
    def fresh(self) -> Callable[[str], str]:
        """Gives a name for something new, such as the one that is wished for."""


@dataclass(frozen=True, slots=True, eq=False)
class Readable:
    """A program: what it remembers at first, its tables, and the lines of `step` and of `legal`.

    `notes` are sentences about what it remembers. What `step` alone calls otherwise is `called` so.
    """

    code: Code
    naming: Naming = field(repr=False)
    start: tuple[object, ...]
    body: list[str]
    legal: list[str]
    definitions: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    called: dict[str, str] = field(default_factory=dict)

    @property
    def memory(self) -> str:
        """What `step` calls all that it remembers."""
        return self.called.get(self.naming.memory, self.naming.memory)

    def of(self, name: str) -> str:
        """Return what `step` calls a state."""
        own = self.naming.of(name)
        return self.called.get(own, own)

    @property
    def size(self) -> int:
        """How much there is to read in `step`, and in the tables that it uses."""
        lines = [*self.definitions, "def step():", *(f"    {line}" for line in self.body)]
        size = reading_size("\n".join(lines))
        assert size is not None
        return size
