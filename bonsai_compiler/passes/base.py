"""What a pass is: its parameters, the search for them, and what it makes of a graph."""

import re
from abc import ABC, abstractmethod
from collections.abc import Sized
from dataclasses import dataclass
from typing import ClassVar, Self

from bonsai_compiler.ir.graph import Dialect, Graph
from bonsai_compiler.oracle.oracle import Oracle
from bonsai_compiler.system.deadline import Deadline


@dataclass(frozen=True, slots=True)
class Pass(ABC):
    """A step from graph to graph; its parameters are the fields of the dataclass.

    Users type `name`, or else the subclass's own name, written `as_this`. Its docstring begins
    with what is true afterwards, in one sentence, which is what `bonsaic list` shows.
    """

    name: ClassVar[str]
    """What users, steps and reports call it."""

    summary: ClassVar[str]
    """What is true afterwards, in one sentence."""

    exact: ClassVar[bool] = False
    """Whether it keeps behaviour, so that it is held against the graph before it, too."""

    asked: ClassVar[bool] = False
    """Whether an exact pass keeps only what the specification cares about."""

    takes: ClassVar[Dialect | None] = Dialect.NEURONS
    """The dialect of the graphs that it takes; None for any."""

    gives: ClassVar[Dialect | None] = None
    """The dialect of what it makes, where that is another."""

    settles: ClassVar[bool] = False
    """Whether it makes a graph finite: in `compile`, every step from it on has to be."""

    typed: ClassVar[bool] = True
    """Whether users may give its parameters."""

    def __init_subclass__(cls) -> None:
        if "name" not in cls.__dict__:
            cls.name = re.sub(r"(?<=.)([A-Z])", r"_\1", cls.__name__).lower()
        cls.summary = (cls.__doc__ or "").split("\n\n")[0].replace("\n   ", "").strip()

    @classmethod
    def search(cls, graph: Graph, oracle: Oracle, deadline: Deadline) -> Self | None:
        """Return the pass with the parameters that do most; None if the oracle accepts none.

        Past the deadline they are the best found until then. A pass without parameters has nothing
        to search.
        """
        return cls()

    @abstractmethod
    def apply(self, graph: Graph) -> Graph:
        """Return what it makes of a graph, which stays as it is."""

    def chosen(self) -> str:
        """Return what its parameters are, in a few words; empty where there is nothing to say."""
        return ""


def counted(values: Sized, what: str) -> str:
    """Return how many there are of something, such as `2 terms`."""
    return f"{len(values)} {what}{'' if len(values) == 1 else 's'}"
